package edge

// maxima returns the strength where it is not less than at the two points one
// pixel away across the edge, and 0 elsewhere.
func (f *field) maxima() []float32 {
	out := make([]float32, len(f.strength))
	for y := range f.height {
		for x := range f.width {
			i := y*f.width + x
			s, dx, dy := f.strength[i], f.dx[i], f.dy[i]
			// One side may be equal, not both: a ridge two pixels wide is one line.
			if s > 0 && s > f.at(float32(x)-dx, float32(y)-dy) && s >= f.at(float32(x)+dx, float32(y)+dy) {
				out[i] = s
			}
		}
	}
	return out
}

// at interpolates the strength between four pixels; the border is repeated.
func (f *field) at(x, y float32) float32 {
	x = min(max(x, 0), float32(f.width-1))
	y = min(max(y, 0), float32(f.height-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, f.width-1), min(y0+1, f.height-1)
	u, v := x-float32(x0), y-float32(y0)
	top := (1-u)*f.strength[y0*f.width+x0] + u*f.strength[y0*f.width+x1]
	bottom := (1-u)*f.strength[y1*f.width+x0] + u*f.strength[y1*f.width+x1]
	return (1-v)*top + v*bottom
}

// hysteresis returns the pixels of at least low that are connected to one of at
// least high.
func hysteresis(strength []float32, width int, high, low float32) []bool {
	lines := make([]bool, len(strength))
	var open []int
	for i, s := range strength {
		if s >= high {
			lines[i] = true
			open = append(open, i)
		}
	}
	for len(open) > 0 {
		i := open[len(open)-1]
		open = open[:len(open)-1]
		eachNeighbour(i, width, len(lines), func(j int) {
			if !lines[j] && strength[j] >= low {
				lines[j] = true
				open = append(open, j)
			}
		})
	}
	return lines
}

// eachNeighbour calls f for the up to eight pixels around pixel i.
func eachNeighbour(i, width, pixels int, f func(j int)) {
	x := i % width
	for _, row := range [3]int{i - width, i, i + width} {
		if row < 0 || row >= pixels {
			continue
		}
		if x > 0 {
			f(row - 1)
		}
		if row != i {
			f(row)
		}
		if x < width-1 {
			f(row + 1)
		}
	}
}

// removeShort clears pieces of fewer pixels than least; pixels that touch at a
// corner belong to the same piece.
func removeShort(lines []bool, width, least int) {
	seen := make([]bool, len(lines))
	for start := range lines {
		if !lines[start] || seen[start] {
			continue
		}
		seen[start] = true
		piece := []int{start}
		for k := 0; k < len(piece); k++ {
			eachNeighbour(piece[k], width, len(lines), func(j int) {
				if lines[j] && !seen[j] {
					seen[j] = true
					piece = append(piece, j)
				}
			})
		}
		if len(piece) < least {
			for _, i := range piece {
				lines[i] = false
			}
		}
	}
}

// thin makes lines one pixel wide (Guo & Hall, "Parallel thinning with
// two-subiteration algorithms", 1989, algorithm A1): two alternating passes remove
// pixels that connect nothing, until none is left to remove. Pieces stay
// connected. There are no lines outside the picture.
func thin(lines []bool, width int) {
	var gone []int
	for changed := true; changed; {
		changed = false
		for turn := range 2 {
			gone = gone[:0]
			for i, set := range lines {
				if set && removable(ring(lines, width, i), turn) {
					gone = append(gone, i)
				}
			}
			for _, i := range gone {
				lines[i] = false
			}
			changed = changed || len(gone) > 0
		}
	}
}

// ring is the eight neighbours, clockwise from the one above.
func ring(lines []bool, width, i int) (p [8]bool) {
	x, y, height := i%width, i/width, len(lines)/width
	for k, d := range [8][2]int{{0, -1}, {1, -1}, {1, 0}, {1, 1}, {0, 1}, {-1, 1}, {-1, 0}, {-1, -1}} {
		if u, v := x+d[0], y+d[1]; u >= 0 && u < width && v >= 0 && v < height {
			p[k] = lines[v*width+u]
		}
	}
	return p
}

// removable holds the paper's conditions (a) to (c): one piece around the pixel,
// two or three of the neighbours' pairs set, and a side that alternates.
func removable(p [8]bool, turn int) bool {
	pieces, pairs, others := 0, 0, 0
	for k := 0; k < 8; k += 2 {
		next := p[k+1] || p[(k+2)%8]
		if !p[k] && next {
			pieces++
		}
		if p[(k+7)%8] || p[k] {
			pairs++
		}
		if p[k] || p[k+1] {
			others++
		}
	}
	n := min(pairs, others)
	if pieces != 1 || n < 2 || n > 3 {
		return false
	}
	if turn == 0 {
		return !((p[0] || p[1] || !p[3]) && p[2])
	}
	return !((p[4] || p[5] || !p[7]) && p[6])
}
