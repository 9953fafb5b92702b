package jpeg

import "image"

// FromYCbCr wraps a picture that the standard library decoded.
func FromYCbCr(m *image.YCbCr) *Image {
	across, down := 1, 1
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		across = 2
	case image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410:
		across = 4
	}
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio410:
		down = 2
	}
	if m.Rect.Min.X%across != 0 || m.Rect.Min.Y%down != 0 {
		m, across, down = repeated(m), 1, 1
	}
	luma, chroma := m.YOffset(m.Rect.Min.X, m.Rect.Min.Y), m.COffset(m.Rect.Min.X, m.Rect.Min.Y)
	return &Image{m.Rect.Dx(), m.Rect.Dy(), YCbCr, []Plane{
		{m.Y[luma:], m.YStride, across, down}, {m.Cb[chroma:], m.CStride, 1, 1}, {m.Cr[chroma:], m.CStride, 1, 1},
	}}
}

// repeated returns m with chroma of full size, because a subimage may begin within a chroma
// sample.
func repeated(m *image.YCbCr) *image.YCbCr {
	q := image.NewYCbCr(image.Rect(0, 0, m.Rect.Dx(), m.Rect.Dy()), image.YCbCrSubsampleRatio444)
	for y := range m.Rect.Dy() {
		for x := range m.Rect.Dx() {
			i, j := m.YOffset(m.Rect.Min.X+x, m.Rect.Min.Y+y), m.COffset(m.Rect.Min.X+x, m.Rect.Min.Y+y)
			k := y*q.YStride + x
			q.Y[k], q.Cb[k], q.Cr[k] = m.Y[i], m.Cb[j], m.Cr[j]
		}
	}
	return q
}

// EachRow calls visit for every row from the top: grey, [width], or RGB, [width, 3]. visit
// may change the row but not keep it. Inks are converted without a profile: each takes its
// part of white away.
func (m *Image) EachRow(visit func(y int, row []uint8)) { m.Rows(0, m.Height, visit) }

// Rows is EachRow for the rows from ≤ y < to.
func (m *Image) Rows(from, to int, visit func(y int, row []uint8)) {
	planes := make([]*enlarger, len(m.Planes))
	rows := make([][]uint8, len(m.Planes))
	for i := range m.Planes {
		planes[i] = m.enlarger(&m.Planes[i])
	}
	row := make([]uint8, Header{m.Width, m.Height, len(m.Planes)}.Channels()*m.Width)
	for y := from; y < to; y++ {
		for i, p := range planes {
			rows[i] = p.row(y)
		}
		switch m.Space {
		case Grey:
			copy(row, rows[0])
		case RGB:
			join(row, rows)
		case YCbCr:
			fromYCbCr(row, rows)
		case CMYK:
			join(row, rows)
			onBlack(row, rows[3])
		case YCCK:
			fromYCbCr(row, rows)
			for i, v := range row {
				row[i] = 255 - v
			}
			onBlack(row, rows[3])
		}
		visit(y, row)
	}
}

func join(row []uint8, planes [][]uint8) {
	a, b, c := planes[0], planes[1], planes[2]
	for x := range a {
		p := row[3*x:][:3]
		p[0], p[1], p[2] = a[x], b[x], c[x]
	}
}

// onBlack darkens colours by the black ink.
func onBlack(row, black []uint8) {
	for i, v := range row {
		row[i] = uint8((int(v)*int(black[i/3]) + 127) / 255)
	}
}

// fromYCbCr converts as libjpeg does, with 16 fractional bits.
func fromYCbCr(row []uint8, planes [][]uint8) {
	const half = 1 << 15
	luma, cb, cr := planes[0], planes[1][:len(planes[0])], planes[2][:len(planes[0])]
	for x, l := range luma {
		y, u, v := int32(l)-128, int32(cb[x])-128, int32(cr[x])-128
		p := row[3*x:][:3]
		p[0] = sample(y + (91881*v+half)>>16)          // 1.402
		p[1] = sample(y + (-22554*u-46802*v+half)>>16) // 0.344136, 0.714136
		p[2] = sample(y + (116130*u+half)>>16)         // 1.772
	}
}
