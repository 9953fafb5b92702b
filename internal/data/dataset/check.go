package dataset

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"easel/internal/file/imgio"
)

type digest [sha256.Size]byte

// inspection is what was found in the files of one pair.
type inspection struct {
	sideA    side
	sideB    side
	contentA digest // of the files of A, or of the side-by-side file
	content  digest // of all files
	problems []Problem
	warnings []imgio.Warning
	bytes    int64
	halved   bool // it is a side-by-side picture, and its middle was looked at
	seam     seam // in its middle
}

// side describes one side of a pair.
type side struct {
	width, height, channels, depth int
	alpha                          bool        // the last channel is alpha,
	opaque                         bool        // and is 1 everywhere
	least, most                    float32     // of the other channels,
	numbers                        imgio.Range // where 0 and 1 are these
	look                           look        // of a few pairs; empty in the others
}

func sideOf(p *imgio.Picture, look bool) side {
	s := side{width: p.Width, height: p.Height, channels: p.Channels, depth: p.Depth, alpha: p.Alpha, opaque: p.Opaque()}
	s.least, s.most = extremes(p)
	s.numbers = p.Numbers()
	if look {
		s.look = lookAt(p)
	}
	return s
}

// inspectAll inspects all pairs, Options.Workers at a time, and returns the results in
// order. The only error is that ctx ended.
func inspectAll(ctx context.Context, root string, pairs []candidate, opts Options) ([]inspection, error) {
	results := make([]inspection, len(pairs))
	stride := 1 + (len(pairs)-1)/labelPictures
	var (
		group errgroup.Group
		mu    sync.Mutex
		done  int
	)
	group.SetLimit(cmp.Or(opts.Workers, runtime.GOMAXPROCS(0)))
	for i := range pairs {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			err := guarded(func() error {
				results[i] = inspect(below(root), pairs[i], i%stride == 0, opts)
				return nil
			})
			if err != nil {
				results[i] = inspection{problems: []Problem{*unreadable(pairs[i].name, err)}}
			}
			mu.Lock()
			defer mu.Unlock()
			if done++; opts.Progress != nil {
				opts.Progress(done, len(pairs))
			}
			return nil
		})
	}
	_ = group.Wait() // problems are in the results
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("check data: %w", err)
	}
	return results, nil
}

// inspect decodes a pair whose split is used, and hashes the files of every pair. With
// look, it also looks at the colours.
func inspect(open opener, c candidate, look bool, opts Options) inspection {
	var (
		in   inspection
		sum  = sha256.New()
		pics = map[string]*imgio.Picture{}
	)
	decode := opts.uses(c.split)
	for i, file := range c.files() {
		p := in.file(open, file, decode, opts.read(), sum)
		if p != nil {
			pics[file] = p
		}
		if i == len(c.a)-1 {
			sum.Sum(in.contentA[:0])
		}
	}
	sum.Sum(in.content[:0])
	if !decode || len(in.problems) > 0 {
		return in
	}
	a, b, err := c.assemble(func(file string) (*imgio.Picture, error) { return pics[file], nil })
	if err != nil {
		in.problems = append(in.problems, asProblem(c.a[0], err))
		return in
	}
	in.sideA = sideOf(a, look)
	if c.single {
		return in
	}
	in.sideB = sideOf(b, look)
	if c.b == nil && look {
		in.halved, in.seam = true, seamOf(pics[c.a[0]])
	}
	return in
}

func asProblem(file string, err error) Problem {
	var p *Problem
	if errors.As(err, &p) {
		return *p
	}
	return *unreadable(file, err)
}

// file hashes one file into sum and, if decode is set, returns its picture. What is hashed is
// the hash of each file, without names, so that different lists of files cannot have the
// same stream of bytes.
func (in *inspection) file(open opener, file string, decode bool, read imgio.ReadOptions, sum hash.Hash) *imgio.Picture {
	own := sha256.New()
	p, warnings, n, err := readHashed(open, file, decode, read, own)
	in.bytes += n
	sum.Write(own.Sum(nil))
	if err != nil {
		in.problems = append(in.problems, *unreadable(file, err))
		return nil
	}
	for _, w := range warnings {
		in.warnings = append(in.warnings, imgio.Warning{File: file, Text: w.Text})
	}
	return p
}

// opener opens a file of the data by its path.
type opener func(file string) (io.ReadCloser, error)

// below opens files of a folder.
func below(root string) opener {
	return func(file string) (io.ReadCloser, error) {
		f, err := os.Open(filepath.Join(root, filepath.FromSlash(file)))
		if err != nil {
			return nil, err
		}
		info, err := f.Stat()
		if err == nil && !info.Mode().IsRegular() {
			err = errors.New("not a regular file")
		}
		if err != nil {
			_ = f.Close()
			return nil, err
		}
		return f, nil
	}
}

// readHashed reads a file once, both for its picture and for its hash.
func readHashed(open opener, file string, decode bool, read imgio.ReadOptions, sum io.Writer) (*imgio.Picture, []imgio.Warning, int64, error) {
	f, err := open(file)
	if err != nil {
		return nil, nil, 0, err
	}
	defer f.Close()
	counted := &counter{w: sum}
	if !decode {
		_, err = io.Copy(counted, f)
		return nil, nil, counted.n, err
	}
	p, warnings, err := imgio.Decode(io.TeeReader(f, counted), "", read)
	return p, warnings, counted.n, err
}

type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.w.Write(p)
}
