package ffmpeg

import (
	"io"
	"os"
)

// MPEG transport streams (.ts, .m2ts) have no end: ffmpeg takes one that was cut off for a
// whole one, unless a frame is broken. But they are made of packets of one length, each with
// a sync byte at the same place (ISO/IEC 13818-1, §2.4.3.2; Blu-ray puts 4 bytes before it).
const syncByte = 0x47

var packetForms = []struct{ length, sync int64 }{{188, 0}, {192, 4}}

// endsInPacket reports whether a file is a transport stream that ends within a packet.
func endsInPacket(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return false
	}
	for _, form := range packetForms {
		if isStream(f, form.length, form.sync) {
			return size%form.length != 0
		}
	}
	return false
}

// isStream reports whether the first packets have their sync bytes.
func isStream(r io.ReaderAt, length, sync int64) bool {
	const packets = 5
	head := make([]byte, 1)
	for i := range int64(packets) {
		if _, err := r.ReadAt(head, i*length+sync); err != nil || head[0] != syncByte {
			return false
		}
	}
	return true
}
