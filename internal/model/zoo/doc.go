// Package zoo knows other people's models: which file is which network, how its
// tensors become easel's and easel's its, and where known models and data sets are.
//
//	m, err := zoo.Import("latest_net_G.pth", zoo.ImportOptions{})
//	fmt.Println(m.Network)     // U-Net of the PyTorch port, 8 levels, width 64
//	for _, n := range m.Notes { // what the file does not say and was assumed
//	err = m.Write("facades.safetensors")
//
// # What is recognised
//
// Names and shapes of tensors tell a network. A file is taken for one only if every
// tensor has its place there, or is known to have no effect; otherwise it is
// refused, with a list of its tensors and the network that is nearest. What no
// tensor tells (dropout, direction) comes from the options, from a file of options
// beside it, or is assumed, and a note says so.
//
// # What it runs as
//
// The programs in question run norms on the statistics of the picture, at test
// time too, and so does the imported model; stored statistics are used where they
// are asked for and mean anything. An imported model is a file like any other of
// easel's: what other networks have and the paper's has not is in its configuration.
package zoo
