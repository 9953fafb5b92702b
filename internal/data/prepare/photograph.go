package prepare

import (
	"context"
	"hash/fnv"
	"math/rand/v2"

	"easel/internal/file/imgio"
)

// spoil makes the input of a pair from its target, drawing random numbers from
// chance.
type spoil func(target *imgio.Picture, chance *rand.Rand) (input *imgio.Picture, err error)

// fromTargets makes a pair from each picture of a folder: the picture, composited
// on white and resized, is the target.
func fromTargets(ctx context.Context, verb string, options any, in, out string, o Options, notify func(Event), f spoil) (Result, error) {
	jobs, leftOut, err := jobsOf(in, out)
	if err != nil {
		return Result{}, err
	}
	result, err := run(ctx, o.record(verb, options, in), jobs, out, o, notify, func(j job, sources []*imgio.Picture) (*imgio.Picture, *imgio.Picture, error) {
		target := o.fitted(sources[0].OnWhite(), imgio.Bicubic)
		input, err := f(target, chance(o.Seed, j.name))
		return input, target, err
	})
	result.LeftOut = leftOut
	return result, err
}

// jobsOf returns one job for each picture of a folder, and names what is left out.
func jobsOf(in, out string) (jobs []job, leftOut string, err error) {
	f, err := findAll(in, out)
	if err != nil {
		return nil, "", err
	}
	for _, name := range sorted(f.found) {
		jobs = append(jobs, job{name, []string{f.found[name]}})
	}
	return jobs, f.leftOut(), nil
}

// chance returns the random generator of one picture.
func chance(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
