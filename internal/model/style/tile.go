package style

import (
	"fmt"

	"easel/internal/model/vgg"
)

// Layout says how a picture is cut: into Rows×Columns tiles of about the same size. 1×1 is
// the whole picture at once, which takes a third less work.
type Layout struct {
	Rows, Columns int
	// Joined is a pooling layer, or "": only the layers up to it are computed in tiles. Its
	// map is put together, and those above, whose maps are small but see far, are computed
	// once, of the whole picture. So tiles overlap little.
	Joined string `json:",omitempty"`
}

// Whole is the layout of a single tile.
func Whole() Layout { return Layout{Rows: 1, Columns: 1} }

// Tiles is the number of tiles.
func (l Layout) Tiles() int { return l.Rows * l.Columns }

// String is "3×1", or "3×1, joined at pool2".
func (l Layout) String() string {
	text := fmt.Sprintf("%d×%d", l.Rows, l.Columns)
	if l.Joined != "" {
		text += ", joined at " + l.Joined
	}
	return text
}

// Joints are the layers at which tiles may be joined for some layers: the pools below the
// deepest of them.
func Joints(layers ...string) (names []string) {
	deepest, err := vgg.Deepest(layers...)
	if err != nil {
		return nil
	}
	for block := 1; block <= 4; block++ {
		if l, err := vgg.Find(fmt.Sprintf("pool%d", block)); err == nil && deepest.Above(l) {
			names = append(names, l.Name)
		}
	}
	return names
}

// joint returns the layer at which tiles are joined, nil if no layer is above it.
func (l Layout) joint(layers []string) (*vgg.Layer, error) {
	if l.Joined == "" || len(layers) == 0 {
		return nil, nil
	}
	joint, err := vgg.Find(l.Joined)
	if err != nil {
		return nil, err
	}
	deepest, err := vgg.Deepest(layers...)
	if err != nil || !deepest.Above(joint) {
		return nil, err
	}
	return &joint, nil
}

// span is the pixels from ≤ i < to along one axis.
type span struct{ from, to int }

func (s span) size() int { return s.to - s.from }

// tile is a part of a picture. A feature belongs to the tile if its pixel is in Core.
// Window is the part that these features depend on.
type tile struct{ core, window [2]span } // rows, columns

// cut cuts a picture of height×width. Cores begin at multiples of align, so that pools
// cover the same pixels in each window; halo is how far features see.
func (l Layout) cut(height, width, align, halo int) ([]tile, error) {
	if l.Rows < 1 || l.Columns < 1 || (l.Rows > 1 && l.Rows > height/align) || (l.Columns > 1 && l.Columns > width/align) {
		return nil, fmt.Errorf("a picture of %d×%d cannot be cut into %v tiles", width, height, l)
	}
	halo = (halo + align - 1) / align * align
	var tiles []tile
	for _, rows := range axis(height, l.Rows, align) {
		for _, columns := range axis(width, l.Columns, align) {
			tiles = append(tiles, tile{
				core:   [2]span{rows, columns},
				window: [2]span{grown(rows, halo, height), grown(columns, halo, width)},
			})
		}
	}
	return tiles, nil
}

// axis cuts n pixels into parts that begin at multiples of align and have at least as many
// pixels.
func axis(n, parts, align int) []span {
	spans := make([]span, parts)
	for i := range spans {
		spans[i] = span{i * (n / align) / parts * align, (i + 1) * (n / align) / parts * align}
	}
	spans[parts-1].to = n
	return spans
}

func grown(s span, halo, n int) span { return span{max(0, s.from-halo), min(n, s.to+halo)} }

// reach returns how far the features of layers see beyond their own pixels, and the largest
// of their strides.
func reach(layers []string) (halo, align int, err error) {
	align = Align
	for _, name := range layers {
		l, err := vgg.Find(name)
		if err != nil {
			return 0, 0, err
		}
		halo = max(halo, (l.ReceptiveField-l.Stride)/2)
		align = max(align, l.Stride)
	}
	return halo, align, nil
}

// places returns which positions of a layer's whole map belong to the core, along one axis
// of n pixels.
func places(c vgg.Config, l vgg.Layer, core span, n int) span {
	if core.to == n {
		return span{core.from / l.Stride, c.Size(l, n)}
	}
	return span{core.from / l.Stride, core.to / l.Stride}
}

// region returns the positions of a layer that belong to a tile of a picture.
type region struct{ rows, columns span }

func (t tile) region(c vgg.Config, l vgg.Layer, height, width int) region {
	return region{places(c, l, t.core[0], height), places(c, l, t.core[1], width)}
}

func (r region) size() int { return r.rows.size() * r.columns.size() }

// window is the picture x [height, width, channels] inside the tile's window,
// copied to dst.
func (t tile) cutOut(dst, x []float32, width, channels int) {
	copyOut(dst, x, width, channels, region{t.window[0], t.window[1]})
}

func copyOut(dst, x []float32, width, channels int, r region) {
	n := r.columns.size() * channels
	for y := r.rows.from; y < r.rows.to; y++ {
		copy(dst[:n], x[(y*width+r.columns.from)*channels:])
		dst = dst[n:]
	}
}

// copyIn is the inverse of copyOut.
func copyIn(x, src []float32, width, channels int, r region) {
	n := r.columns.size() * channels
	for y := r.rows.from; y < r.rows.to; y++ {
		copy(x[(y*width+r.columns.from)*channels:][:n], src)
		src = src[n:]
	}
}

// addIn adds a window's gradient to the picture's.
func (t tile) addIn(x, src []float32, width, channels int) {
	n := t.window[1].size() * channels
	for y := t.window[0].from; y < t.window[0].to; y++ {
		row := x[(y*width+t.window[1].from)*channels:][:n]
		for i := range row {
			row[i] += src[i]
		}
		src = src[n:]
	}
}

// Align is the least distance between two cuts in pixels: the network's largest stride up
// to block 5.
const Align = 16

// For returns the layout for another picture of height×width, cut as finely as possible,
// but no finer than this.
func (l Layout) For(height, width int) Layout {
	return Layout{max(1, min(l.Rows, height/Align)), max(1, min(l.Columns, width/Align)), l.Joined}
}

// Work returns how much work an evaluation is: twice the pixels of the windows times the
// network's multiplications for each, forwards and backwards; three times for what is cut
// into tiles, which goes forwards twice.
func (n *Network) Work(height, width int, l Layout, layers ...string) (float64, error) {
	f, err := n.frame(height, width, l, layers)
	if err != nil || len(layers) == 0 {
		return 0, err
	}
	deepest, _ := vgg.Deepest(layers...) // frame has found it
	area, windows := float64(height)*float64(width), 0.0
	for _, t := range f.tiles {
		windows += float64(t.window[0].size()) * float64(t.window[1].size())
	}
	switch {
	case f.joint != nil:
		return 3*windows*f.joint.Work + 2*area*(deepest.Work-f.joint.Work), nil
	case len(f.tiles) > 1:
		return 3 * windows * deepest.Work, nil
	}
	return 2 * area * deepest.Work, nil
}
