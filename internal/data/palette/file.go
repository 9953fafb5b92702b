package palette

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"easel/internal/base/hint"
	"easel/internal/file/atomicfile"
)

const (
	gimpHeader = "GIMP Palette"
	fileHint   = "a line is: index red green blue name, as 3 255 80 0 roof, or: index #rrggbb name"
	maxLine    = 4096 // bytes
)

// Read reads a palette file. Errors name the file and the line.
func Read(path string) (*Palette, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read palette: %w", err)
	}
	defer f.Close()
	return Parse(f, path)
}

// Parse reads a palette from r; name is what errors call it. A palette has at
// least one class, and no two classes share an index or a colour.
func Parse(r io.Reader, name string) (*Palette, error) {
	p := &Palette{}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	number, gimp := 0, false
	for lines.Scan() {
		number++
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		switch {
		case number == 1 && line == gimpHeader:
			gimp = true
			continue
		case line == "" || line[0] == '#' || gimp && isGIMPSetting(line):
			continue
		}
		class, err := parseClass(line, gimp, len(p.Classes))
		if err == nil {
			err = p.add(class)
		}
		if err != nil {
			return nil, hint.New(fmt.Errorf("read palette: %s, line %d: %w", name, number, err), fileHint)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return nil, hint.New(fmt.Errorf("read palette: %s, line %d: more than %d bytes; is it a text file?", name, number+1, maxLine), fileHint)
	} else if lines.Err() != nil {
		return nil, fmt.Errorf("read palette: %s: %w", name, lines.Err())
	}
	if len(p.Classes) == 0 {
		return nil, hint.New(fmt.Errorf("read palette: %s has no class", name), fileHint)
	}
	return p, nil
}

func isGIMPSetting(line string) bool {
	return strings.HasPrefix(line, "Name:") || strings.HasPrefix(line, "Columns:")
}

// parseClass reads a line; GIMP's have no index and get next.
func parseClass(line string, gimp bool, next int) (c Class, err error) {
	words := strings.Fields(line)
	if c.Index = next; !gimp {
		if c.Index, err = number(words[0], "index", MaxIndex); err != nil {
			return c, err
		}
		words = words[1:]
	}
	if len(words) > 0 && words[0][0] == '#' {
		v, err := strconv.ParseUint(words[0][1:], 16, 24)
		if err != nil || len(words[0]) != 7 {
			return c, fmt.Errorf("%q is not a colour such as #ff5000", words[0])
		}
		c.Colour = [3]uint8{uint8(v >> 16), uint8(v >> 8), uint8(v)}
		words = words[1:]
	} else {
		if len(words) < 3 {
			return c, fmt.Errorf("%d colour values instead of three", len(words))
		}
		for i, what := range []string{"red", "green", "blue"} {
			v, err := number(words[i], what, 255)
			if err != nil {
				return c, err
			}
			c.Colour[i] = uint8(v)
		}
		words = words[3:]
	}
	c.Name = strings.Join(words, " ")
	return c, nil
}

func number(word, what string, most int) (int, error) {
	v, err := strconv.ParseUint(word, 10, 32)
	if err != nil || v > uint64(most) {
		return 0, fmt.Errorf("%s %q is not a whole number from 0 to %d", what, word, most)
	}
	return int(v), nil
}

func (p *Palette) add(c Class) error {
	for _, other := range p.Classes {
		switch {
		case c.Index == other.Index:
			return fmt.Errorf("index %d is already used by %s", c.Index, other)
		case c.Colour == other.Colour:
			return fmt.Errorf("the colour is already used by index %d", other.Index)
		}
	}
	p.Classes = append(p.Classes, c)
	return nil
}

// Write writes a palette file, which Parse reads back.
func (p *Palette) Write(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintln(b, "# index  red green blue  name")
	for _, c := range p.Classes {
		line := fmt.Sprintf("%-8d %-3d %-5d %-5d %s", c.Index, c.Colour[0], c.Colour[1], c.Colour[2], c.Name)
		fmt.Fprintln(b, strings.TrimRight(line, " "))
	}
	return b.Flush()
}

// Save writes a palette file in one step.
func (p *Palette) Save(path string) error { return atomicfile.Write(path, p.Write) }
