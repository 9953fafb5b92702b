// Package dataset finds, checks, splits and augments pairs of pictures.
//
// Start with Open, which recognises the layout of a folder, decodes every picture once to
// check it, and returns a Dataset and a Report. Then train with NewLoader and Next, which
// returns batches that other goroutines have prepared, and validate with Sample, which
// returns one pair without any randomness. OpenSingles opens pictures without partners,
// such as the photographs that a style network learns to paint.
//
// # Layouts
//
// Open recognises these layouts:
//
//   - train/, val/ and test/ of side-by-side pictures: A is the left half of a
//     file and B the right half. Not all three need to exist.
//   - A/ and B/ beside each other. A file in A/ belongs to the file of the same
//     name in B/; the extension may differ. Both may have train/, val/ and test/
//     inside, or lie inside train/, val/ and test/.
//   - trainA/ and trainB/ (train_A, train-a), testA/ and testB/, the same way.
//   - A flat folder of side-by-side pictures.
//
// training, valid, validation and testing are other names of the splits. Folders
// inside a side or a split are part of the names: A/2019/x.png belongs to
// B/2019/x.jpg.
//
// A side with many channels is a TIFF whose samples or pages are channels, or several
// pictures: if a file easel-data.json beside A/ and B/ has {"channel_folders": true}, then
// A/1/x.png, A/2/x.png, … are the channels of x, in the order of the numbers.
//
// Names are compared letter by letter, whether accents are composed or not, and sorted as
// people do (9 before 10). Hidden files and files that are not pictures are ignored;
// pictures in formats that easel does not read, and folders that do not fit the layout, are
// ignored with a warning. Links are followed.
//
// # What is refused
//
// Refused are pictures without A/ and B/ that are not pairs, because one half continues the
// other (see Pairs), and masks of 0 and 1 in 8 bits. Alpha that is opaque in all pictures of
// a side is dropped.
//
// # Splits
//
// Test and validation pictures never reach training: Open refuses a training pair whose
// files have the same content as a validation or test pair, and asserts this again for the
// finished splits. Pairs without a split (a flat folder, or A/ and B/ without such folders)
// are split into train and val by a seeded rule, see Record; with Options.HoldOut the same
// rule takes a part of train if there is no val. Test pairs never become val or train.
//
// # Direction, channels, numbers
//
// Files have A and B; the network has input and target. Direction maps one to the other, and
// everything after Open uses input and target: InputChannels is the number of channels of
// the network's input, whatever the direction. Batches are [batch, height, width, channels]
// float32 from −1 to 1.
//
// # Randomness
//
// The random choices for a sample depend only on the seed, the epoch and the index of the
// pair: not on the number of workers, on earlier choices, or on the cache. Epoch e uses
// permutation e, which depends on the seed and e, and batches run over the concatenated
// permutations. So a batch may end one epoch and begin the next, no pair is left out, and
// step s is samples s·batch to (s+1)·batch−1 of that sequence. A Loader that starts at step s
// therefore returns the same bits as one that has reached step s.
//
// # Errors
//
// Errors that have advice have a method Hint() string. A Dataset is safe for
// concurrent use; it holds names, not pictures.
package dataset
