package dataset

import (
	"fmt"

	"easel/internal/file/imgio"
)

// assemble makes the two sides of a pair of its files, as A and B, with the
// channels that they have; of a single picture B is nil. Errors of read are passed on; the others are Problems.
func (c candidate) assemble(read func(file string) (*imgio.Picture, error)) (a, b *imgio.Picture, err error) {
	a, err = stack(c.a, read)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case c.single:
		return a, nil, nil
	case c.b == nil:
		return split(c.a[0], a)
	}
	b, err = stack(c.b, read)
	if err != nil {
		return nil, nil, err
	}
	if a.Width != b.Width || a.Height != b.Height {
		return nil, nil, sizesVary(c.b[0], b, c.a[0], a)
	}
	return a, b, nil
}

func split(file string, p *imgio.Picture) (a, b *imgio.Picture, err error) {
	a, b, err = imgio.SplitSideBySide(p)
	if err != nil {
		return nil, nil, &Problem{File: file, Kind: OddWidth, err: err,
			Text: fmt.Sprintf("is %d pixels wide, which cannot be halved", p.Width),
			Hint: "a side-by-side pair is twice as wide as each side: remove this one, or make pairs of single pictures with {run prepare}"}
	}
	return a, b, nil
}

// stack joins the channels of the pictures of one side.
func stack(files []string, read func(string) (*imgio.Picture, error)) (*imgio.Picture, error) {
	first, err := read(files[0])
	if err != nil || len(files) == 1 {
		return first, err
	}
	pics := []*imgio.Picture{first}
	for _, f := range files[1:] {
		p, err := read(f)
		if err != nil {
			return nil, err
		}
		if p.Width != first.Width || p.Height != first.Height {
			return nil, sizesVary(f, p, files[0], first)
		}
		pics = append(pics, p)
	}
	return imgio.Concat(pics...)
}

// TurnedHint is what to do about two pictures whose sizes match only after a
// quarter turn.
const TurnedHint = "easel rotates photographs as their EXIF orientation says, and the other picture was made from the unrotated one: " +
	"rotate that one as well, or store both without EXIF orientation"

func sizesVary(file string, p *imgio.Picture, other string, q *imgio.Picture) *Problem {
	if p.Width == q.Height && p.Height == q.Width {
		return &Problem{File: file, Kind: SizesVary,
			Text: fmt.Sprintf("is %d×%d pixels but %s is %d×%d, as if one of them were rotated", p.Width, p.Height, other, q.Width, q.Height),
			Hint: TurnedHint}
	}
	return &Problem{File: file, Kind: SizesVary,
		Text: fmt.Sprintf("is %d×%d pixels but %s is %d×%d", p.Width, p.Height, other, q.Width, q.Height),
		Hint: "all pictures of a pair show the same place pixel by pixel: resize or crop them to one size"}
}
