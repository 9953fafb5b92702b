package zoo

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// besides is the content of a file of options in a model's folder.
type besides struct {
	direction string
	// loadSize is what pictures were resized to before the random crop, 0 where nothing
	// says it.
	loadSize int
	// labels is pix2pixHD's number of classes, 0 where nothing says it.
	labels int
	// noInstances is an input without edges of instances, and features one with channels
	// that an encoder makes.
	noInstances, features bool
	notes                 []string
}

// besideLimit is the size of the largest file of options that is read.
const besideLimit = 1 << 20

// optionsBeside reads the options that training programs leave in a model's
// folder: train_opt.txt of the PyTorch port and opt.txt of older ones, of pix2pixHD
// and of the paper's program; options.json of affinelayer's.
func optionsBeside(folder string) (besides, error) {
	var b besides
	for _, file := range []struct {
		name string
		read func(*besides, string) error
	}{{"opt.txt", (*besides).port}, {"train_opt.txt", (*besides).port}, {"options.json", (*besides).affinelayer}} {
		path := filepath.Join(folder, file.name)
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Size() > besideLimit {
			continue
		}
		text, err := os.ReadFile(path)
		if err == nil {
			err = file.read(&b, string(text))
		}
		if err != nil {
			return b, fmt.Errorf("%s: %w", path, err)
		}
	}
	return b, nil
}

// port reads lines like "direction: BtoA  [default: AtoB]", or a table in Torch's text
// form, where a value stands three lines after its key.
func (b *besides) port(text string) error {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		key, value, ok := strings.Cut(line, ":")
		if !ok && strings.TrimSpace(line) == "which_direction" && i+3 < len(lines) {
			b.setDirection(strings.TrimSpace(lines[i+3]))
		}
		value, _, _ = strings.Cut(value, "[")
		b.portOption(strings.TrimSpace(key), strings.TrimSpace(value))
	}
	return nil
}

func (b *besides) portOption(key, value string) {
	yes := value == "True"
	switch key {
	case "direction", "which_direction":
		b.setDirection(value)
	case "no_dropout":
		if value == "False" {
			b.notes = append(b.notes, "the options beside it say that it was trained with dropout")
		}
	case "load_size", "loadSize":
		b.loadSize, _ = strconv.Atoi(value)
	case "label_nc":
		b.labels, _ = strconv.Atoi(value)
	case "no_instance":
		b.noInstances = yes
	case "instance_feat", "label_feat":
		b.features = b.features || yes
	}
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
