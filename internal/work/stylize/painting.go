package stylize

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"easel/internal/base/hint"
	"easel/internal/base/strictjson"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/style"
)

// Painting is a finished picture that says how it was made, so that Run can go on with it
// at a larger size.
type Painting struct {
	Path string
	// Options are those that made it, for twice its size. Paths are the names of files
	// only; they may be set to where the files are now. A picture may come from anywhere,
	// so what concerns the machine, such as memory and the backend, is not taken from it.
	Options Options

	sums sums
}

// ReadPainting reads how a picture was made from the texts that Run stores in a PNG.
func ReadPainting(path string) (*Painting, error) {
	p, _, err := imgio.Read(path, imgio.ReadOptions{})
	if err != nil {
		return nil, fmt.Errorf("painted picture: %w", err)
	}
	texts, err := imgio.ReadTexts(path)
	if err != nil {
		return nil, fmt.Errorf("painted picture: %w", err)
	}
	found := map[string][]byte{}
	for _, t := range texts {
		found[t.Keyword] = []byte(t.Text)
	}
	made, ok := found[MadeBy]
	if !ok {
		return nil, hint.New(
			fmt.Errorf("painted picture: %s does not say how it was made", path),
			"only a .png does, as easel stylize wrote it; any other picture can be the {init} of a new run",
		)
	}
	painting := &Painting{Path: path}
	o := &painting.Options
	if err := strictjson.Decode(made, o); err != nil {
		return nil, fmt.Errorf("painted picture: %s: how it was made: %w", path, err)
	}
	*o = o.portable()
	o.Backend, o.Precision = backend.Default, device.Float32.String()
	if err := o.Validate(); err != nil {
		return nil, fmt.Errorf("painted picture: %s: how it was made: %w", path, err)
	}
	if text, ok := found[madeFrom]; ok { // easel has not always stored it
		if err := json.Unmarshal(text, &painting.sums); err != nil {
			return nil, fmt.Errorf("painted picture: %s: what it was made from: %w", path, err)
		}
	}
	o.Continue = path
	if o.Content == "" {
		o.Width, o.Height = 2*p.Width, 2*p.Height
	} else {
		o.Size = int(math.Round(o.measure(float64(2*p.Width), float64(2*p.Height))))
	}
	return painting, nil
}

// Move says where pictures and weights are now: what places leaves "" keeps its name.
func (p *Painting) Move(places Options) {
	o := &p.Options
	o.Content, o.Weights = cmp.Or(places.Content, o.Content), cmp.Or(places.Weights, o.Weights)
	for i := range min(len(o.Styles), len(places.Styles)) {
		s, to := &o.Styles[i], places.Styles[i]
		s.Path, s.Mask = cmp.Or(to.Path, s.Path), cmp.Or(to.Mask, s.Mask)
	}
}

// Larger returns the options of a run that goes on from the painting: Options, with the
// places of all files. A file is looked for at its path, and beside the painting, and must
// show the same picture as when the painting was made.
func (p *Painting) Larger() (Options, error) {
	o := p.Options
	o.Styles = append([]Style(nil), o.Styles...)
	at := func(list []string, i int) string {
		if i < len(list) {
			return list[i]
		}
		return ""
	}
	var err error
	o.Content, err = p.find("content picture", "{content}", o.Content, p.sums.Content, o.readPicture)
	for i := range o.Styles {
		if err != nil {
			break
		}
		s := &o.Styles[i]
		s.Path, err = p.find("style picture", "{style}", s.Path, at(p.sums.Styles, i), o.readPicture)
		if err == nil {
			s.Mask, err = p.find("mask", "{mask}", s.Mask, at(p.sums.Masks, i), func(path string) (*imgio.Picture, *imgio.Picture, []imgio.Warning, error) {
				mask, warnings, err := o.readMask(path)
				return mask, nil, warnings, err
			})
		}
	}
	if err == nil {
		o.Weights, err = p.findWeights(o.Weights)
	}
	return o, err
}

// find returns where a picture with the given sum is: "" for any.
func (p *Painting) find(what, option, path, sum string, read func(string) (*imgio.Picture, *imgio.Picture, []imgio.Warning, error)) (string, error) {
	if path == "" {
		return "", nil
	}
	changed := ""
	for _, place := range p.places(path) {
		if _, err := os.Stat(place); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		picture, _, _, err := read(place)
		if err != nil {
			return "", fmt.Errorf("%s: %w", what, err)
		}
		if sum == "" || sumOfPicture(picture) == sum {
			return place, nil
		}
		changed = place
	}
	if changed != "" {
		return "", hint.New(fmt.Errorf("%s: %s is not the picture that %s was made from", what, changed, p.Path), "say where that is with "+option)
	}
	return "", p.missing(what, option, path)
}

// places are where a file may be.
func (p *Painting) places(path string) []string {
	return []string{path, filepath.Join(filepath.Dir(p.Path), filepath.Base(path))}
}

func (p *Painting) missing(what, option, path string) error {
	return hint.New(fmt.Errorf("%s: there is no %s, here or beside %s", what, path, p.Path), "say where it is now with "+option)
}

// findWeights returns where weights are: here, fetched, or beside the painting.
func (p *Painting) findWeights(name string) (string, error) {
	if name == "" || name == RandomWeights || name == SmallWeights {
		return name, nil
	}
	fetched := Options{}
	if err := fetched.resolveWeights(); err != nil {
		return "", err
	}
	places := p.places(name)
	if filepath.Base(fetched.Weights) == name {
		places = slices.Insert(places, 1, fetched.Weights)
	}
	for _, place := range places {
		if _, err := os.Stat(place); err == nil {
			return place, nil
		}
	}
	return "", p.missing("weights", "{weights}", name)
}

// larger leaves out the sizes up to that of the painted picture, if there is one. By
// rounding, its own may differ a little.
func (p *pictures) larger(o Options, sizes [][2]int) ([][2]int, error) {
	if p.painted == nil {
		return sizes, nil
	}
	side := max(p.painted.Width, p.painted.Height)
	last := sizes[len(sizes)-1]
	for i, s := range sizes {
		if float64(max(s[0], s[1])) > (1+maxMisfit)*float64(side) {
			return sizes[i:], nil
		}
	}
	if max(last[0], last[1]) > side {
		return sizes[len(sizes)-1:], nil
	}
	return nil, hint.New(
		fmt.Errorf("%s is %d×%d: a result of %d×%d would be no larger", o.Continue, p.painted.Width, p.painted.Height, last[0], last[1]),
		"choose a larger {size}",
	)
}

// checkPainted reports a painted picture that has another shape than the result.
func (p *pictures) checkPainted(o Options) error {
	width, height := o.resultSize(p.shape())
	if q := p.painted; q != nil && !alike(q.Width, q.Height, width, height) {
		return fmt.Errorf("painted picture: %s is %d×%d, which has another shape than a result of %d×%d", o.Continue, q.Width, q.Height, width, height)
	}
	return nil
}

// painting returns the painted picture as a stage and what the stage has found.
func (p *pictures) painting(o Options) (Stage, []float32) {
	found := tensor(p.painted)
	if o.Colours == LuminanceOnly {
		found = style.Luma(found)
	}
	return Stage{Width: found.Width, Height: found.Height}, found.Pixels
}
