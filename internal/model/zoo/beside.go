package zoo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// besides is the content of a file of options in a model's folder.
type besides struct {
	direction string
	notes     []string
}

// besideLimit is the size of the largest file of options that is read.
const besideLimit = 1 << 20

// optionsBeside reads the options that training programs leave in a model's
// folder: train_opt.txt of the PyTorch port, options.json of affinelayer's.
func optionsBeside(folder string) (besides, error) {
	var b besides
	for name, read := range map[string]func(*besides, string) error{"train_opt.txt": (*besides).port, "options.json": (*besides).affinelayer} {
		path := filepath.Join(folder, name)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > besideLimit {
			continue
		}
		text, err := os.ReadFile(path)
		if err == nil {
			err = read(&b, string(text))
		}
		if err != nil {
			return b, fmt.Errorf("%s: %w", path, err)
		}
	}
	return b, nil
}

// port reads lines like "direction: BtoA  [default: AtoB]".
func (b *besides) port(text string) error {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(line, ":")
		if !ok {
			continue
		}
		value, _, _ = strings.Cut(value, "[")
		switch value = strings.TrimSpace(value); strings.TrimSpace(key) {
		case "direction":
			b.setDirection(value)
		case "no_dropout":
			if value == "False" {
				b.notes = append(b.notes, "train_opt.txt: it was trained with dropout")
			}
		}
	}
	return nil
}

// affinelayer reads options.json.
func (b *besides) affinelayer(text string) error {
	var o struct {
		Direction string `json:"which_direction"`
		Lab       bool   `json:"lab_colorization"`
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return err
	}
	if o.Lab {
		return errors.New("the model colours in Lab, which easel's pictures do not use")
	}
	b.setDirection(o.Direction)
	return nil
}

func (b *besides) setDirection(value string) {
	if value == "AtoB" || value == "BtoA" {
		b.direction = value
	}
}
