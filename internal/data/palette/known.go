package palette

// FileName is the name under which a data folder may have the palette of its
// labels, so that classes have names.
const FileName = "palette.txt"

// Numbers of the decision whether label pictures are of a known data set.
const (
	knownRadius = 24  // colours at most this far apart are the same, after JPEG
	knownShare  = 0.8 // fraction of the classes that must be found
	knownLeast  = 4   // and at least this many
)

// Known returns the palettes of widely used data sets.
func Known() []*Palette {
	return []*Palette{
		// CMP Facade Database (Tyleček & Šára 2013): nominal colours of its twelve
		// classes, on one rainbow.
		scheme([]Class{
			{1, [3]uint8{0, 0, 221}, "background"}, {2, [3]uint8{0, 48, 255}, "facade"}, {3, [3]uint8{0, 128, 255}, "window"},
			{4, [3]uint8{0, 208, 255}, "door"}, {5, [3]uint8{32, 255, 224}, "cornice"}, {6, [3]uint8{112, 255, 144}, "sill"},
			{7, [3]uint8{192, 255, 64}, "balcony"}, {8, [3]uint8{255, 240, 0}, "blind"}, {9, [3]uint8{255, 160, 0}, "deco"},
			{10, [3]uint8{255, 80, 0}, "molding"}, {11, [3]uint8{255, 0, 0}, "pillar"}, {12, [3]uint8{174, 0, 0}, "shop"},
		}),
		// Cityscapes (Cordts et al. 2016), Table 1's classes in the colours of its
		// scripts.
		scheme([]Class{
			{0, [3]uint8{128, 64, 128}, "road"}, {1, [3]uint8{244, 35, 232}, "sidewalk"}, {2, [3]uint8{70, 70, 70}, "building"},
			{3, [3]uint8{102, 102, 156}, "wall"}, {4, [3]uint8{190, 153, 153}, "fence"}, {5, [3]uint8{153, 153, 153}, "pole"},
			{6, [3]uint8{250, 170, 30}, "traffic light"}, {7, [3]uint8{220, 220, 0}, "traffic sign"}, {8, [3]uint8{107, 142, 35}, "vegetation"},
			{9, [3]uint8{152, 251, 152}, "terrain"}, {10, [3]uint8{70, 130, 180}, "sky"}, {11, [3]uint8{220, 20, 60}, "person"},
			{12, [3]uint8{255, 0, 0}, "rider"}, {13, [3]uint8{0, 0, 142}, "car"}, {14, [3]uint8{0, 0, 70}, "truck"},
			{15, [3]uint8{0, 60, 100}, "bus"}, {16, [3]uint8{0, 80, 100}, "train"}, {17, [3]uint8{0, 0, 230}, "motorcycle"},
			{18, [3]uint8{119, 11, 32}, "bicycle"},
		}),
	}
}

func scheme(classes []Class) *Palette { return &Palette{classes} }

// Named returns p with class names from the first of some palettes that fits, that
// is, that has nearly all its colours. Existing names are kept. If none fits, it
// returns p itself.
func (p *Palette) Named(from ...*Palette) *Palette {
	for _, other := range from {
		if named, ok := p.namedBy(other); ok {
			return named
		}
	}
	return p
}

func (p *Palette) namedBy(other *Palette) (*Palette, bool) {
	named := &Palette{append([]Class{}, p.Classes...)}
	found := 0
	for i, c := range named.Classes {
		near := other.Classes[other.Nearest(c.Colour)]
		if distance(near.Colour, c.Colour) > knownRadius*knownRadius {
			continue
		}
		found++
		if c.Name == "" {
			named.Classes[i].Name = near.Name
		}
	}
	least := max(knownShare*float64(len(p.Classes)), min(knownLeast, float64(len(other.Classes))))
	return named, float64(found) >= least
}
