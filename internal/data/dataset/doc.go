// Package dataset finds, checks, splits and augments pairs of pictures.
//
// Start with Open, which tells how a folder is laid out, decodes every picture
// once to see that it can be, and returns a Dataset and a Report. Then train
// with NewLoader and Next, which hand out batches that other goroutines
// prepared meanwhile, and validate with Sample, which returns one pair without
// any randomness.
//
// # Layouts
//
// Open understands, without being told which it is:
//
//   - train/, val/ and test/ of side-by-side pictures: A is the left half of a
//     file and B the right half. Not all three have to be there.
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
// A side of many channels is a TIFF whose samples or pages are channels, or
// several pictures: where a file easel-data.json beside A/ and B/ has
// {"channel_folders": true}, A/1/x.png, A/2/x.png, … are the channels of x one
// after the other, in the order of the numbers.
//
// Names are compared letter by letter, composed or not, and ordered as people do (9
// before 10). Hidden files are left out, and so are files that are no pictures;
// pictures of formats that easel does not read, and folders that no layout explains,
// are left out with a warning. Links are followed.
//
// # What is refused
//
// Pictures without A/ and B/ that are no pairs: their halves are one picture that
// goes on, see Pairs. Masks of 0 and 1 in 8 bits. Alpha that is opaque in all
// pictures of a side is left out.
//
// # Splits
//
// Test and validation pictures never reach training: Open refuses a training
// pair whose files have the content of a validation or test pair, and a last
// assertion over the finished splits holds it. Pairs without a split (a flat
// folder, A/ and B/ without folders inside) are split into train and val by a
// seeded rule, see Record; with Options.HoldOut the same rule takes a part of
// train where there is no val. Nothing ever turns test into val or train.
//
// # Direction, channels, numbers
//
// A and B are what files say, input and target what a network sees. Direction
// maps one to the other, and everything after Open speaks of input and target:
// InputChannels is the number of channels of the network's input, whatever the
// direction. Batches are [batch, height, width, channels] float32 in −1..1.
//
// # Randomness
//
// What is drawn for a sample depends on the seed, the epoch and the index of
// the pair, and on nothing else: not on the number of workers, not on what was
// drawn before, not on the cache. Epoch e trains on permutation e, drawn without
// replacement from seed and e, and batches run over the concatenation of these
// permutations: a batch may end one epoch and begin the next, so that no pair is
// ever left out, and step s is samples s·batch to (s+1)·batch−1 of that
// sequence. A Loader that starts at step s therefore gives what one that started
// at 0 gives from step s on, to the bit.
//
// # Errors
//
// Errors that have advice have a method Hint() string. A Dataset is safe for
// concurrent use; it holds names, not pictures.
package dataset
