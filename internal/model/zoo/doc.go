// Package zoo knows other people's models: which file is which network, and how its
// tensors are converted to easel's and back.
//
//	m, err := zoo.Import("latest_net_G.pth", zoo.ImportOptions{})
//	fmt.Println(m.Network)     // U-Net of the PyTorch port, 8 levels, width 64
//	for _, n := range m.Notes { // what the file does not say and was assumed
//	err = m.Write("facades.safetensors")
//
// # What is recognised
//
// A network is recognised by the names and shapes of its tensors. A file counts only if every
// tensor has its place there, or is known to have no effect; otherwise it is
// refused, with a list of its tensors and the nearest network. Facts that no tensor
// shows (dropout, direction) come from the options or from a file of options next to
// it, or are assumed, and a note says so.
//
// # What it runs as
//
// The programs in question run norms on the statistics of the picture, at test
// time too, and so does the imported model; stored statistics are used on request,
// where they mean anything. An imported model is a file like any other of easel's:
// features that the paper's network lacks are in its configuration.
package zoo
