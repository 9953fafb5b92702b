package train

import (
	"context"
	"fmt"
	"strings"

	"easel/internal/data/dataset"
	"easel/internal/engine/device"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
)

// measure implements subject: the mean losses of photographs that were held out, in
// the middle and without jitter.
func (p *painter) measure(ctx context.Context) (*validation, error) {
	split := dataset.Val
	if p.data.Len(split) == 0 {
		split = dataset.Train
	}
	count := min(p.o.ValPictures, p.data.Len(split))
	v := &validation{metrics: map[string]float64{}}
	var photographs, painted variety
	for i := range count {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		row, err := p.paint(split, i)
		if err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		photographs.add(p.judging.Input("a"))
		fake, err := device.Read(p.judging, "fake")
		if err != nil {
			return nil, fmt.Errorf("validation: %w", err)
		}
		painted.add(fake)
		for _, name := range p.judged.Losses {
			loss, err := device.Read(p.judging, name)
			if err != nil {
				return nil, fmt.Errorf("validation: %w", err)
			}
			v.metrics[strings.TrimPrefix(name, "loss/")] += float64(loss[0]) / float64(count)
		}
		if i < p.o.SamplePictures {
			v.sheet = append(v.sheet, append(row, p.picture(fake)))
		}
	}
	p.collapsed = collapsed(&painted, &photographs)
	return v, nil
}

// paint paints a photograph and returns the result with the photograph as it was seen.
func (p *painter) paint(s dataset.Split, i int) (row []*imgio.Picture, err error) {
	size := p.o.ImageSize
	photograph, err := square(p.data, s, i, size)
	if err != nil {
		return nil, err
	}
	imgio.ToModel(p.judging.Input("a"), photograph)
	row = []*imgio.Picture{photograph}
	if n := p.paintings.Len(dataset.Train); n > 1 || p.o.Network.Any() {
		painting, err := square(p.paintings, dataset.Train, i%n, size)
		if err != nil {
			return nil, err
		}
		row = append(row, painting)
	}
	if p.o.Network.Any() {
		imgio.ToModel(p.judging.Input("b"), row[1])
	} else {
		p.aim(p.judging, i)
	}
	return row, p.judging.Run()
}

func (p *painter) picture(samples []float32) *imgio.Picture {
	return imgio.FromModel(samples, p.o.ImageSize, p.o.ImageSize, feedforward.Channels, 8)
}

// judge implements subject. Collapsed pictures have a high loss, so no other check is
// needed.
func (p *painter) judge(*validation, float64) string {
	if p.done < fairSteps || p.collapsed == "" {
		return ""
	}
	return p.collapse(p.collapsed)
}

// shown implements subject.
func (p *painter) shown() shown {
	samples := "Held-out photographs, always the same, and the network's output."
	if p.o.Network.Any() || len(p.aims) > 1 {
		samples = "Held-out photographs, always the same, each with a style and the network's output."
	}
	return shown{
		measures: []measured{{"total", "total", "%.4g"}, {"content", "content", "%.4g"}, {"style", "style", "%.4g"}},
		samples:  samples,
		about:    "Losses are weighted; training minimises the total.",
		charts: []chart{
			{"Losses (held-out photographs)", true, []string{"total", "content", "style", "variation"}},
			{title: "Losses (training)", names: []string{"total", "content", "style", "variation"}},
		},
	}
}
