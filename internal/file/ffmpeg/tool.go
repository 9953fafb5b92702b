package ffmpeg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
)

// MissingError means that a program is not installed.
type MissingError struct{ Program string }

// Error implements error.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%s, which reads and writes video, is not installed", e.Program)
}

// Hint says what to install.
func (e *MissingError) Hint() string {
	return "install ffmpeg (apt install ffmpeg, brew install ffmpeg, winget install ffmpeg), or use folders of frames, which do not need it"
}

// quiet is how ffmpeg runs here: without questions, and silent but for errors.
var quiet = []string{"-hide_banner", "-nostdin", "-loglevel", "error"}

// command prepares a program. It gets no signals of the terminal.
func command(ctx context.Context, program string, args ...string) (*exec.Cmd, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return nil, &MissingError{program}
	}
	cmd := exec.CommandContext(ctx, path, args...)
	apart(cmd)
	return cmd, nil
}

// local is how the path of a file is given to ffmpeg, which otherwise takes names for
// options and addresses. It may open files only.
func local(path string) []string {
	return []string{"-protocol_whitelist", "file,pipe", "-i", "file:" + path}
}

// everyFrame are the options for an output that has every frame once, whatever its time.
// The first were new in ffmpeg 5.1, the others are to go.
func everyFrame() ([]string, error) {
	options := []string{"-fps_mode", "passthrough"}
	cmd, err := command(context.Background(), "ffmpeg", append(options, "-version")...)
	if err != nil {
		return nil, err
	}
	if cmd.Run() != nil {
		options[0] = "-vsync"
	}
	return options, nil
}

// complaints keeps the last lines that a program wrote to its standard error.
type complaints struct {
	lines []string
	done  chan struct{}
}

// keptLines are enough for a cause and its consequence.
const keptLines = 3

// listen reads a program's standard error to its end. hear, which may be nil, takes each
// line and returns what of it is a complaint, "" for nothing.
func listen(r io.Reader, hear func(line string) string) *complaints {
	c := &complaints{done: make(chan struct{})}
	go func() {
		defer close(c.done)
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			line := strings.TrimSpace(lines.Text())
			if hear != nil {
				line = hear(line)
			}
			if line != "" {
				c.lines = append(c.lines, line)
				c.lines = c.lines[max(0, len(c.lines)-keptLines):]
			}
		}
		_, _ = io.Copy(io.Discard, r) // after a line that is too long
	}()
	return c
}

// String is empty if there are none.
func (c *complaints) String() string { return strings.Join(c.lines, "; ") }

// end waits for a program that has closed its pipes. What it complained about explains
// how it ended.
func (c *complaints) end(cmd *exec.Cmd) error {
	<-c.done
	err := cmd.Wait()
	if err == nil {
		return nil
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(c.lines) > 0 {
		return errors.New("ffmpeg: " + c.String())
	}
	return fmt.Errorf("ffmpeg: %w", err)
}

// run runs ffmpeg to its end.
func run(ctx context.Context, args ...string) error {
	cmd, err := command(ctx, "ffmpeg", append(quiet[:len(quiet):len(quiet)], args...)...)
	if err != nil {
		return err
	}
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("ffmpeg: %w", err)
	}
	return listen(said, nil).end(cmd)
}
