package experiment

import (
	"fmt"
	"math"

	"easel/internal/model/pix2pix"
	"easel/internal/work/bench"
	"easel/internal/work/eval"
	"easel/internal/work/train"
)

// Recipe asks what each part of the preset best contributes: the paper, each part added
// alone, and all of them, with equal arithmetic, which takes about equal time on any
// machine.
func Recipe() Experiment {
	return Experiment{
		Name: "recipe", Source: "Odena et al. 2016; Wang et al. 2018, eq. 4; Yazıcı et al. 2019; Zhao et al. 2020", Needs: Pairs,
		About: "the paper, each part of the preset best alone, differentiable augmentation, and best, for the same arithmetic",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Beyond the paper's recipe", columns: append(s.photographColumns(), gridColumn(), diversityColumn())}
			if s.VGG != nil {
				c.columns = append(c.columns, s.VGG.columns()...)
			}
			c.columns = append(c.columns, stepsColumn())
			for _, part := range s.recipe() {
				o, err := s.sameWork(part.change)
				if err != nil {
					return Plan{}, err
				}
				c.arms = append(c.arms, arm{name: part.name, options: o, judging: judging{samples: samples, vgg: true}})
			}
			c.notes = append(c.notes, "All rows were trained with as many multiplications as the first, not with as many steps: this is the same on every machine, and takes about as long.")
			if s.VGG == nil {
				c.notes = append(c.notes, "Best has no perceptual loss here, because its weights come from outside.")
			}
			return c.plan()
		},
	}
}

// part is a change to the paper's configuration.
type part struct {
	name   string
	change func(c *pix2pix.Config)
}

// recipe lists the rows. Those with the perceptual loss need VGG-19's weights.
func (s Setting) recipe() []part {
	best, _ := pix2pix.Preset("best")
	whole := func(c *pix2pix.Config) {
		c.Upsample, c.Lambda, c.FeatureMatching = best.Upsample, best.Lambda, best.FeatureMatching
		c.Schedule, c.Average = best.Schedule, best.Average
	}
	parts := []part{
		{"paper", func(*pix2pix.Config) {}},
		{"resize decoder", func(c *pix2pix.Config) { c.Upsample = best.Upsample }},
		{"feature matching", func(c *pix2pix.Config) { c.Lambda, c.FeatureMatching = best.Lambda, best.FeatureMatching }},
		{"average of weights", func(c *pix2pix.Config) { c.Average = best.Average }},
		{"augmentation", func(c *pix2pix.Config) { c.Augment = true }},
		{"best", whole},
	}
	if s.VGG == nil {
		return parts
	}
	perceptual := func(c *pix2pix.Config) { c.Lambda, c.Perceptual = best.Lambda, pix2pix.PerceptualBest }
	return append(parts,
		part{"perceptual loss", perceptual},
		part{"best, perceptual", func(c *pix2pix.Config) { whole(c); perceptual(c) }})
}

// sameWork is the main model with a change, trained with as many multiplications as without
// it.
func (s Setting) sameWork(change func(c *pix2pix.Config)) (train.Options, error) {
	o := s.options()
	plain, err := workOf(o)
	if err != nil {
		return o, err
	}
	before := o.Network
	change(&o.Network)
	if o.Network == before {
		return o, nil
	}
	changed, err := workOf(o)
	if err != nil {
		return o, err
	}
	if o.Network.Perceptual > 0 {
		o.PerceptualWeights = s.VGG.Path
	}
	o.Length = train.Length{Steps: max(int(math.Round(float64(s.steps(o))*plain/changed)), 1)}
	return o, nil
}

// workOf counts the multiplications of a step.
func workOf(o train.Options) (float64, error) {
	c := o.Network
	c.InputChannels, c.OutputChannels = 3, 3
	step, err := pix2pix.TrainStep(c, o.Batch, c.ImageSize, c.ImageSize, pix2pix.StepOptions{})
	if err != nil {
		return 0, fmt.Errorf("work of a step: %w", err)
	}
	work, err := bench.WorkOf(step.Graph)
	return work.Multiplies, err
}

// stepsKey is the key of the number of a run's steps.
const stepsKey = "steps"

func stepsColumn() Column { return Column{Key: stepsKey, Title: "Steps"} }

// gridColumn measures the strength of grid artefacts.
func gridColumn() Column { return Column{Key: string(eval.Grid), Title: "Grid", Digits: 2} }
