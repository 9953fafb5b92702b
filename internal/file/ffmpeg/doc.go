// Package ffmpeg reads and writes video through ffmpeg, as pictures with times.
//
//	info, err := ffmpeg.Probe(ctx, "in.mp4")
//	r, err := ffmpeg.Open(ctx, "in.mp4", info, ffmpeg.Selection{})
//	frame, err := r.Next()                 // until io.EOF
//	w, err := ffmpeg.Create("part.mp4", ffmpeg.Form{Width: …, Height: …, Scale: r.Scale()})
//	err = w.Put(frame.Picture, frame.Ticks)
//	err = ffmpeg.Join(ctx, parts, sound, "out.mp4")
//
// Frames are exchanged through pipes and are never on the disk. They are upright (rotation
// is applied), with square pixels, in RGB with 8 or, for more than 8 bits, 16 bits.
//
// # Times
//
// A frame is shown at Ticks/Scale seconds, exactly as the file says it, so that a variable
// frame rate is kept. ffmpeg reports times beside raw frames; in the other direction frames
// are a stream of Matroska, whose timestamps are written here (matroska.go), since raw
// frames have none.
//
// # Programs
//
// ffmpeg and ffprobe 4.4 or later are found along PATH; a MissingError says what to
// install. Input files are only ever files: ffmpeg may not open addresses on the network
// that a file names. The programs run apart from the terminal, so that Ctrl-C reaches only
// easel, which ends them in order.
package ffmpeg
