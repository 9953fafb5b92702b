package imgio

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"sync"
)

// A colour profile (ICC.1:2010) says what the numbers of a file mean. Pictures here are
// sRGB, so others are converted if their profile consists of curves and a matrix, as those
// of screens and cameras do, or is grey. Printer profiles are tables: they are ignored,
// with a warning.

// profile is a colour space: curves convert its numbers to linear light, and a matrix
// converts that to XYZ under D50.
type profile struct {
	curves []curve       // one for grey, three for RGB
	matrix [3][3]float64 // columns are red, green and blue; unused for grey
}

// curve maps a number in 0..1 to linear light.
type curve func(float64) float64

var errProfile = errors.New("the colour profile is damaged")

// toSRGB converts XYZ under D50 to linear sRGB: the inverse of the matrix of IEC 61966-2-1,
// with Bradford's chromatic adaptation.
var toSRGB = [3][3]float64{{3.1338561, -1.6168667, -0.4906146}, {-0.9787684, 1.9161415, 0.0334540}, {0.0719453, -0.2289914, 1.4052427}}

// parseProfile reads a profile. It returns nil without an error for a valid profile of an
// unsupported kind.
func parseProfile(data []byte) (*profile, error) {
	const header, entry = 128, 12
	if len(data) < header+4 || string(data[36:40]) != "acsp" {
		return nil, errProfile
	}
	be := binary.BigEndian
	count := int64(be.Uint32(data[header:]))
	if count > int64(len(data)-header-4)/entry {
		return nil, errProfile
	}
	tag := func(name string) []byte {
		for i := range int(count) {
			e := data[header+4+entry*i:]
			at, size := int64(be.Uint32(e[4:])), int64(be.Uint32(e[8:]))
			if string(e[:4]) == name && size >= 8 && at+size <= int64(len(data)) {
				return data[at : at+size]
			}
		}
		return nil
	}
	p := &profile{}
	var curves, columns []string
	switch string(data[16:20]) {
	case "GRAY":
		curves = []string{"kTRC"}
	case "RGB ":
		curves, columns = []string{"rTRC", "gTRC", "bTRC"}, []string{"rXYZ", "gXYZ", "bXYZ"}
	default:
		return nil, nil
	}
	for _, name := range curves {
		c, err := parseCurve(tag(name))
		if c == nil {
			return nil, err
		}
		p.curves = append(p.curves, c.within())
	}
	for i, name := range columns {
		t := tag(name)
		if len(t) < 20 || string(t[:4]) != "XYZ " {
			return nil, nil
		}
		for k := range 3 {
			p.matrix[k][i] = fixed(t[8+4*k:])
		}
	}
	return p, nil
}

// within returns c clamped to 0..1 (ICC.1 §10.18).
func (c curve) within() curve {
	return func(v float64) float64 {
		if y := c(v); y > 0 { // false for NaN
			return min(y, 1)
		}
		return 0
	}
}

// fixed reads a number with 16 bits after the binary point.
func fixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// parseCurve reads a curve (ICC.1 §10.6, §10.18). It returns nil without an error for an
// unknown kind.
func parseCurve(t []byte) (curve, error) {
	if len(t) < 12 {
		return nil, nil
	}
	switch string(t[:4]) {
	case "curv":
		return tableCurve(t[8:])
	case "para":
		return parametricCurve(int(binary.BigEndian.Uint16(t[8:])), t[12:])
	}
	return nil, nil
}

func tableCurve(t []byte) (curve, error) {
	be := binary.BigEndian
	n := int64(be.Uint32(t))
	if n > int64(len(t)-4)/2 {
		return nil, errProfile
	}
	switch n {
	case 0:
		return func(v float64) float64 { return v }, nil
	case 1:
		gamma := float64(be.Uint16(t[4:])) / 256
		return func(v float64) float64 { return math.Pow(v, gamma) }, nil
	}
	table := make([]float64, n)
	for i := range table {
		table[i] = float64(be.Uint16(t[4+2*i:])) / math.MaxUint16
	}
	return func(v float64) float64 { return interpolated(table, v) }, nil
}

// interpolated looks up v, from 0 to 1, in a table with linear interpolation.
func interpolated(table []float64, v float64) float64 {
	at := min(max(v, 0), 1) * float64(len(table)-1)
	i := min(int(at), len(table)-2)
	f := at - float64(i)
	return (1-f)*table[i] + f*table[i+1]
}

// parametricCurve is Y = (aX + b)^g + e for X ≥ d, and cX + f below.
func parametricCurve(kind int, t []byte) (curve, error) {
	counts := [...]int{1, 3, 4, 5, 7}
	if kind >= len(counts) {
		return nil, nil
	}
	if len(t) < 4*counts[kind] {
		return nil, errProfile
	}
	v := [7]float64{1, 1} // g a b c d e f
	for i := range counts[kind] {
		v[i] = fixed(t[4*i:])
	}
	g, a, b, c, d, e, f := v[0], v[1], v[2], v[3], v[4], v[5], v[6]
	switch {
	case (kind == 1 || kind == 2) && a == 0:
		return nil, errProfile
	case kind == 1:
		d = -b / a
	case kind == 2:
		c, d, e, f = 0, -b/a, c, c
	}
	return func(x float64) float64 {
		if x >= d {
			return math.Pow(max(a*x+b, 0), g) + e
		}
		return c*x + f
	}, nil
}

// seen converts numbers of the profile's space to sRGB, in place.
func (p *profile) seen(colour []float64) {
	for i, c := range p.curves {
		colour[i] = c(colour[i])
	}
	if len(p.curves) == 3 {
		p.toLinear(colour)
	}
	for i, v := range colour {
		colour[i] = encodeSRGB(v)
	}
}

// toLinear converts linear light of the profile's primaries to those of sRGB.
func (p *profile) toLinear(colour []float64) {
	xyz := multiply3(p.matrix, [3]float64(colour))
	rgb := multiply3(toSRGB, xyz)
	copy(colour, rgb[:])
}

func multiply3(m [3][3]float64, v [3]float64) (out [3]float64) {
	for i, row := range m {
		out[i] = row[0]*v[0] + row[1]*v[1] + row[2]*v[2]
	}
	return out
}

func encodeSRGB(v float64) float64 {
	if v <= 0.0031308 {
		return min(max(12.92*v, 0), 1)
	}
	return min(1.055*math.Pow(v, 1/2.4)-0.055, 1)
}

// encodedSRGB tabulates encodeSRGB over 0..1 in 2¹⁶ steps.
var encodedSRGB = sync.OnceValue(func() []float64 {
	table := make([]float64, 1<<16+1)
	for k := range table {
		table[k] = encodeSRGB(float64(k) / (1 << 16))
	}
	return table
})

// isSRGB reports whether the profile moves no colour by more than 1½ of 255. There are many
// sRGB profiles, and no two have the same numbers.
func (p *profile) isSRGB() bool {
	const steps = 15
	n := len(p.curves)
	colour := make([]float64, n)
	for i := range pow(steps+1, n) {
		want := make([]float64, n)
		for c, k := 0, i; c < n; c, k = c+1, k/(steps+1) {
			want[c] = float64(k%(steps+1)) / steps
		}
		copy(colour, want)
		p.seen(colour)
		for c, v := range want {
			if off := math.Abs(colour[c] - v); !(off <= 1.5/255) {
				return false
			}
		}
	}
	return true
}

func pow(base, n int) int {
	out := 1
	for range n {
		out *= base
	}
	return out
}

// apply converts a picture from the profile's space to sRGB, in place.
func (p *profile) apply(q *Picture) {
	n := len(p.curves)
	levels := int(typeLimit(min(q.Depth, 16)))
	linear := make([][]float64, n)
	for i, c := range p.curves {
		linear[i] = make([]float64, levels+1)
		for k := range linear[i] {
			linear[i][k] = c(float64(k) / float64(levels))
		}
	}
	encoded := encodedSRGB()
	colour := make([]float64, n)
	for i := 0; i < len(q.Pix); i += q.Channels {
		for c := range n {
			colour[c] = interpolated(linear[c], float64(q.Pix[i+c]))
		}
		if n == 3 {
			p.toLinear(colour)
		}
		for c, v := range colour {
			q.Pix[i+c] = float32(interpolated(encoded, v))
		}
	}
}

// inSRGB converts a picture to sRGB by its profile, in place. If it cannot, it says why.
func (p *Picture) inSRGB(icc []byte) string {
	if len(icc) == 0 {
		return ""
	}
	const used = "its numbers are used as if they were sRGB"
	found, err := parseProfile(icc)
	switch {
	case err != nil:
		return "has a damaged colour profile: " + used
	case found == nil:
		return "has a colour profile without curves and a matrix, which is ignored: " + used
	case len(found.curves) != p.colours():
		return "has a colour profile for another number of channels, which is ignored: " + used
	case !found.isSRGB():
		found.apply(p)
	}
	return ""
}

// inflateProfile reads the content of a PNG file's iCCP chunk: a name, a zero byte, the
// method and the compressed profile.
func inflateProfile(content []byte) []byte {
	const largest = 16 << 20
	at := bytes.IndexByte(content, 0)
	if at < 0 || at+2 > len(content) {
		return []byte{0} // a damaged one
	}
	z, err := zlib.NewReader(bytes.NewReader(content[at+2:]))
	if err != nil {
		return []byte{0}
	}
	data, err := io.ReadAll(io.LimitReader(z, largest))
	if err != nil {
		return []byte{0}
	}
	return data
}
