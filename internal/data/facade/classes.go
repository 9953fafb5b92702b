package facade

// class is an index into Classes.
type class uint8

const (
	sky class = iota
	wall
	roof
	moulding
	pillar
	window
	sill
	shutter
	balcony
	door
	shop
	pavement
)

// Class is what a label stands for.
type Class struct {
	Name   string
	Colour [3]uint8 // 8-bit RGB in the label map
}

// Classes are all labels that occur, in a fixed order. The colours are far
// apart from each other in RGB, so that resampled or compressed label maps can
// still be told apart.
var Classes = []Class{
	sky:      {"sky", [3]uint8{20, 40, 150}},
	wall:     {"wall", [3]uint8{60, 130, 240}},
	roof:     {"roof", [3]uint8{150, 40, 90}},
	moulding: {"moulding", [3]uint8{250, 120, 70}},
	pillar:   {"pillar", [3]uint8{160, 240, 90}},
	window:   {"window", [3]uint8{90, 230, 230}},
	sill:     {"sill", [3]uint8{250, 250, 160}},
	shutter:  {"shutter", [3]uint8{150, 90, 230}},
	balcony:  {"balcony", [3]uint8{240, 60, 200}},
	door:     {"door", [3]uint8{220, 30, 40}},
	shop:     {"shop", [3]uint8{30, 160, 70}},
	pavement: {"pavement", [3]uint8{70, 70, 70}},
}
