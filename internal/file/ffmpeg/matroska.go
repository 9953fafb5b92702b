package ffmpeg

import "encoding/binary"

// Raw frames for ffmpeg, with their times, as a stream of Matroska (RFC 9559): one track
// without compression, whose clusters have one frame each, so that every frame has a
// timestamp of 64 bits, in nanoseconds. Libraries for Matroska have no uncompressed video
// or milliseconds only; this is all of it that is needed.

// element is an element with an identifier, its size and its data.
func element(id uint32, data []byte) []byte { return append(elementHead(id, len(data)), data...) }

func elementHead(id uint32, size int) []byte {
	head := binary.BigEndian.AppendUint32(nil, id)
	for head[0] == 0 { // identifiers have as many bytes as they need
		head = head[1:]
	}
	return binary.BigEndian.AppendUint64(head, 1<<56|uint64(size)) // a size of eight bytes
}

func number(id uint32, v uint64) []byte {
	return element(id, binary.BigEndian.AppendUint64(nil, v))
}

func join(parts ...[]byte) (all []byte) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

// unknownSize, with the bits of a size of eight bytes, is that of a stream.
const unknownSize = 1<<56 - 1

// matroskaHead begins a stream of frames.
func matroskaHead(f Form) []byte {
	kind := []byte{'R', 'G', 'B', byte(3 * f.Depth)} // as ffmpeg and QuickTime call them
	return join(
		element(0x1A45DFA3, join( // EBML
			element(0x4282, []byte("matroska")), number(0x4287, 4), number(0x4285, 2))),
		elementHead(0x18538067, unknownSize), // Segment
		element(0x1549A966, join( // Info, with timestamps in nanoseconds
			number(0x2AD7B1, 1), element(0x4D80, []byte("easel")), element(0x5741, []byte("easel")))),
		element(0x1654AE6B, // Tracks
			element(0xAE, join( // TrackEntry: number, identity, video
				number(0xD7, 1), number(0x73C5, 1), number(0x83, 1), element(0x86, []byte("V_UNCOMPRESSED")),
				element(0xE0, join( // Video
					number(0xB0, uint64(f.Width)), number(0xBA, uint64(f.Height)), element(0x2EB524, kind)))))),
	)
}

// matroskaFrame begins a frame, whose samples follow.
func matroskaFrame(nanoseconds uint64, size int) []byte {
	at := number(0xE7, nanoseconds)
	block := []byte{0x81, 0, 0, 0x80} // track 1, at the cluster's time, a key frame
	simple := elementHead(0xA3, len(block)+size)
	return join(elementHead(0x1F43B675, len(at)+len(simple)+len(block)+size), at, simple, block)
}
