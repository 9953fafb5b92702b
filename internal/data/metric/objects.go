package metric

import "fmt"

// Invented finds objects that exist only in a prediction: connected components
// (with diagonal neighbours) of predicted pixels of one class, none of which has
// that class in the truth. Components below minimum pixels are ignored, and so are
// pixels whose true label is negative, which means unlabelled. It returns the
// number of objects and the pixels that they cover. Labels are
// [height, width] with the given width.
//
// A generator that must look plausible adds small objects that accuracy and IoU
// hardly see (Isola et al. 2017 §4.4).
func Invented(truth, predicted []int, width, minimum int) (count, area int) {
	if len(truth) != len(predicted) || width < 1 || len(truth)%width != 0 {
		panic(fmt.Sprintf("metric: %d true and %d predicted labels in rows of %d", len(truth), len(predicted), width))
	}
	f := flood{predicted: predicted, width: width, seen: make([]bool, len(predicted))}
	for i := range predicted {
		if f.seen[i] {
			continue
		}
		pixels, real := 0, false
		f.component(i, func(j int) {
			real = real || truth[j] == predicted[j]
			if truth[j] >= 0 {
				pixels++
			}
		})
		if !real && pixels >= max(minimum, 1) {
			count++
			area += pixels
		}
	}
	return count, area
}

// flood walks over connected components of equal labels.
type flood struct {
	predicted []int
	width     int
	seen      []bool
	stack     []int
}

// component calls visit for every pixel that is connected to i, i included.
func (f *flood) component(i int, visit func(j int)) {
	f.push(i)
	for len(f.stack) > 0 {
		j := f.stack[len(f.stack)-1]
		f.stack = f.stack[:len(f.stack)-1]
		visit(j)
		x := j % f.width
		for row := j - x - f.width; row <= j-x+f.width; row += f.width {
			if row < 0 || row >= len(f.predicted) {
				continue
			}
			for column := max(x-1, 0); column <= min(x+1, f.width-1); column++ {
				if k := row + column; !f.seen[k] && f.predicted[k] == f.predicted[i] {
					f.push(k)
				}
			}
		}
	}
}

func (f *flood) push(i int) {
	f.seen[i] = true
	f.stack = append(f.stack, i)
}
