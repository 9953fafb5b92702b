package palette

import "testing"

// Colours that JPEG moved a little still have the names of their data set; those of
// another have none.
func TestNamed(t *testing.T) {
	t.Parallel()
	p := &Palette{[]Class{
		{Colour: [3]uint8{2, 50, 250}}, {Colour: [3]uint8{0, 126, 255}}, {Colour: [3]uint8{4, 2, 217}},
		{Colour: [3]uint8{255, 84, 3}, Name: "frieze"}, {Colour: [3]uint8{118, 255, 148}}, {Colour: [3]uint8{90, 90, 90}},
	}}
	var names []string
	for _, c := range p.Named(Known()...).Classes {
		names = append(names, c.Name)
	}
	want := []string{"facade", "window", "background", "frieze", "sill", ""}
	for i := range want {
		if names[i] != want[i] {
			t.Errorf("class %d is called %q, want %q", i, names[i], want[i])
		}
	}
	other := &Palette{[]Class{{Colour: [3]uint8{1, 2, 3}}, {Colour: [3]uint8{200, 90, 120}}, {Colour: [3]uint8{0, 48, 255}}}}
	if other.Named(Known()...) != other {
		t.Error("colours of nobody have names")
	}
	own := &Palette{[]Class{{Index: 0, Colour: [3]uint8{1, 2, 3}, Name: "night"}, {Index: 1, Colour: [3]uint8{200, 90, 120}, Name: "rose"}}}
	if named := (&Palette{other.Classes[:2]}).Named(own); named.Classes[0].Name != "night" || named.Classes[1].Name != "rose" {
		t.Errorf("a folder's own palette gives %v", named.Classes)
	}
}
