package train

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

// logFile is log.jsonl.
type logFile struct{ file *os.File }

// openLog opens a log to append to. It cuts off events after the given step, and an
// unfinished line; it passes earlier events to replay.
func openLog(path string, step int, replay func(Event)) (*logFile, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, fmt.Errorf("open log: %w", err)
	}
	end, err := replayLog(file, step, replay)
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("open log: %w", err)
	}
	return &logFile{file}, nil
}

// replayLog returns the offset of the first line to cut off.
func replayLog(r io.Reader, step int, replay func(Event)) (end int64, err error) {
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF {
			return end, nil // the last line is unfinished
		}
		if err != nil {
			return 0, err
		}
		var e Event
		if json.Unmarshal(line, &e) != nil || e.Step > step {
			return end, nil
		}
		replay(e)
		end += int64(len(line))
	}
}

func (l *logFile) append(e Event) error {
	line, err := json.Marshal(e)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write log: %w", err)
	}
	return nil
}

// sync makes sure that the log is on disk before a checkpoint that relies on it.
func (l *logFile) sync() error { return l.file.Sync() }

func (l *logFile) close() error { return l.file.Close() }
