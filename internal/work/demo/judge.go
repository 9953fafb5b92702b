package demo

import (
	"context"
	"fmt"
	"math"

	"easel/internal/data/metric"
	"easel/internal/engine/backend"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/nn"
	"easel/internal/model/stored"
	"easel/internal/work/translate"
)

// The methods that are judged.
const (
	Trained   = "easel"
	Untrained = "untrained network"
	Mean      = "mean picture"
	Colours   = "mean colour per label"
)

func methods() []string { return []string{Trained, Untrained, Mean, Colours} }

// Score is how far a method's pictures are from the targets, on average.
type Score struct {
	Method string `json:"method"`
	// L1 of samples in −1..1; lower is better.
	L1 float64 `json:"l1"`
	// PSNR is in decibels, SSIM at most 1; higher is better.
	PSNR float64 `json:"psnr"`
	SSIM float64 `json:"ssim"`
	// Spectrum is the distance between the mean power spectra of the pictures
	// and of the targets, in natural logarithms; lower is better. It sees blur,
	// which L1 rewards.
	Spectrum float64 `json:"spectrum"`
}

// Verdict is a comparison with a simple baseline.
type Verdict struct {
	Measure string  `json:"measure"`
	Against string  `json:"against"`
	Ours    float64 `json:"ours"`
	Theirs  float64 `json:"theirs"`
	Beaten  bool    `json:"beaten"`
}

// held is a held-out pair with each method's output for its input.
type held struct {
	pair
	made map[string]*imgio.Picture
}

// judge translates the held-out pairs in every way and measures.
func (s *session) judge(ctx context.Context) error {
	trained, err := s.translator(s.training.Out)
	if err != nil {
		return err
	}
	defer func() { _ = trained.Close() }()
	untrained, err := s.translator("")
	if err != nil {
		return err
	}
	defer func() { _ = untrained.Close() }()
	mean, colours := meanPicture(s.pairs), meanColours(s.pairs)
	for i := range s.HeldOut {
		h := held{pair: s.pair(s.Pairs + validation + i), made: map[string]*imgio.Picture{Mean: mean}}
		h.made[Colours] = colours.paint(h.labels)
		for name, t := range map[string]*translate.Translator{Trained: trained, Untrained: untrained} {
			out, err := t.Picture(ctx, h.labels)
			if err != nil {
				return err
			}
			h.made[name] = imgio.Quantise(out)
		}
		s.held = append(s.held, h)
		s.notify(Event{Stage: Translating, Done: i + 1, Total: s.HeldOut})
	}
	s.scores, err = score(s.held)
	return err
}

// translator returns the run's model, or without a run the untrained network.
func (s *session) translator(run string) (*translate.Translator, error) {
	o := backend.Options{Threads: s.Threads}
	if run == "" {
		d, err := backend.Open(s.Backend, o)
		if err != nil {
			return nil, err
		}
		config := s.training.Network
		config.InputChannels, config.OutputChannels = 3, 3
		return translate.New(d, stored.Config{Network: config}, initial{s.Seed}, translate.Options{})
	}
	m, err := stored.Open(run)
	if err != nil {
		return nil, err
	}
	defer func() { _ = m.Close() }()
	s.trained = m.Path
	return translate.Load(m, s.Backend, o, translate.Options{})
}

// initial holds the weights that training starts from.
type initial struct{ seed uint64 }

// Store implements translate.Weights.
func (w initial) Store(d device.Device, parameters nn.Parameters, _ func(string, []float32)) error {
	return parameters.Store(d, w.seed)
}

// meanPicture is the mean of the targets: the best constant by L2, which ignores the input.
func meanPicture(pairs []pair) *imgio.Picture {
	first := pairs[0].photo
	sums := make([]float64, len(first.Pix))
	for _, p := range pairs {
		for i, v := range p.photo.Pix {
			sums[i] += float64(v)
		}
	}
	mean := imgio.New(first.Width, first.Height, first.Channels)
	for i, v := range sums {
		mean.Pix[i] = float32(v / float64(len(pairs)))
	}
	return imgio.Quantise(mean)
}

// palette has the mean colour of the targets' pixels for each label.
type palette map[[3]float32]*[4]float64 // sums and their count

func meanColours(pairs []pair) palette {
	colours := palette{}
	for _, p := range pairs {
		for i := 0; i < len(p.labels.Pix); i += 3 {
			label := [3]float32(p.labels.Pix[i:])
			if colours[label] == nil {
				colours[label] = new([4]float64)
			}
			for c := range 3 {
				colours[label][c] += float64(p.photo.Pix[i+c])
			}
			colours[label][3]++
		}
	}
	return colours
}

// paint gives each pixel its label's colour, and black to labels that were never seen.
func (colours palette) paint(labels *imgio.Picture) *imgio.Picture {
	out := imgio.New(labels.Width, labels.Height, 3)
	for i := 0; i < len(labels.Pix); i += 3 {
		if sum := colours[[3]float32(labels.Pix[i:])]; sum != nil {
			for c := range 3 {
				out.Pix[i+c] = float32(sum[c] / sum[3])
			}
		}
	}
	return imgio.Quantise(out)
}

func score(pictures []held) ([]Score, error) {
	var scores []Score
	shape := metric.Shape{Height: pictures[0].photo.Height, Width: pictures[0].photo.Width, Channels: 3}
	for _, method := range methods() {
		sum, n := Score{Method: method}, float64(len(pictures))
		var spectrum, truth []float64
		for _, h := range pictures {
			made, target := h.made[method].Pix, h.photo.Pix
			ssim, err := metric.SSIM(made, target, shape, 1)
			if err != nil {
				return nil, fmt.Errorf("judge: %w", err)
			}
			sum.L1 += 2 * metric.L1(made, target) / n
			sum.PSNR += metric.PSNR(made, target, 1) / n
			sum.SSIM += ssim / n
			spectrum = add(spectrum, metric.Spectrum(made, shape), n)
			truth = add(truth, metric.Spectrum(target, shape), n)
		}
		sum.Spectrum = metric.SpectrumDistance(spectrum, truth)
		for _, v := range []float64{sum.L1, sum.PSNR, sum.SSIM, sum.Spectrum} {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("judge: the %s has a score of %v", method, v)
			}
		}
		scores = append(scores, sum)
	}
	return scores, nil
}

// add adds values/n to sums, which begin as nil.
func add(sums, values []float64, n float64) []float64 {
	if sums == nil {
		sums = make([]float64, len(values))
	}
	for i, v := range values {
		sums[i] += v / n
	}
	return sums
}

// verdicts are comparisons that a trained network must win: by L1 against baselines that
// ignore the input or were not trained, and by structure and sharpness against one that
// paints each label flat.
func verdicts(scores []Score) []Verdict {
	of := map[string]Score{}
	for _, s := range scores {
		of[s.Method] = s
	}
	lower := func(measure, against string, value func(Score) float64) Verdict {
		ours, theirs := value(of[Trained]), value(of[against])
		return Verdict{measure, against, ours, theirs, ours < theirs}
	}
	l1 := func(s Score) float64 { return s.L1 }
	ours, theirs := of[Trained].SSIM, of[Colours].SSIM
	return []Verdict{
		lower("L1", Mean, l1),
		lower("L1", Untrained, l1),
		{"SSIM", Colours, ours, theirs, ours > theirs},
		lower("power spectrum", Colours, func(s Score) float64 { return s.Spectrum }),
	}
}
