package experiment

import (
	"fmt"

	"easel/internal/model/pix2pix"
	"easel/internal/work/train"
)

// Resolution is Figure 8 (§4.4): a network trained on small pictures and run on larger
// ones, as a fully convolutional network can be.
func Resolution() Experiment {
	return Experiment{
		Name: "resolution", Source: "Isola et al. 2017, §4.1 and Figure 8", Needs: Pairs,
		About: "a model run on pictures of its size, twice and four times it",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "One model, larger pictures", columns: s.photographColumns()}
			for _, times := range []int{1, 2, 4} {
				a := arm{name: fmt.Sprintf("%d×%d", times*s.Scale.ImageSize, times*s.Scale.ImageSize), options: s.options()}
				if times > 1 {
					a.judging.size = times * s.Scale.ImageSize
				}
				c.arms = append(c.arms, a)
			}
			c.notes = append(c.notes, "Pictures that are smaller than the size they are judged at are enlarged, which blurs the truth as well.")
			return c.plan()
		},
	}
}

// halvings is how often data-size halves the pairs.
const halvings = 4

// DataSize asks how few pairs suffice (§4: decent results on small data sets).
func DataSize() Experiment {
	return Experiment{
		Name: "data-size", Source: "Isola et al. 2017, §4 (“decent results can often be obtained even on small datasets”)", Needs: Pairs,
		About: "all pairs, a half, a quarter, … a sixteenth, for the same number of steps",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Pairs to train on", columns: s.photographColumns()}
			for k, n := 0, s.Source.used(); k <= halvings && n > 0; k, n = k+1, n/2 {
				o := s.options()
				if k > 0 {
					o.Length = train.Length{Steps: s.steps(o)}
					o.TrainPairs = n
				}
				c.arms = append(c.arms, arm{name: fmt.Sprint(n), options: o})
			}
			return c.plan()
		},
	}
}

// Noise asks what the noise z contributes (§2.1): dropout, which the paper keeps, Gaussian
// z, which the paper says the generator learned to ignore, and none.
func Noise() Experiment {
	return Experiment{
		Name: "noise", Source: "Isola et al. 2017, §2.1 (§3.1 of the arXiv version)", Needs: Pairs,
		About: "dropout at test on and off, Gaussian z, no noise; how different samples are",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Noise", columns: append(s.photographColumns(), diversityColumn())}
			z, none := s.options(), s.options()
			none.Network.Dropout = pix2pix.DropoutOff
			z.Network.Dropout, z.Network.NoiseChannels = pix2pix.DropoutOff, 1
			c.arms = []arm{
				{name: "dropout", options: s.options(), judging: judging{samples: samples}},
				{name: "dropout, off at test", options: s.options(), judging: judging{noNoise: true}},
				{name: "Gaussian z", options: z, judging: judging{samples: samples}},
				{name: "none", options: none, judging: judging{samples: samples}},
			}
			return c.plan()
		},
	}
}

// samples for one input are compared with each other.
const samples = 4

// Batch compares batch sizes and the norms' statistics for the same number of pictures
// seen. The paper finds 0.66 with batch 1 and 0.55 with batch 10 (Table 2 of the arXiv
// version).
func Batch() Experiment {
	return Experiment{
		Name: "batch", Source: "Isola et al. 2017, §3.3 and Table 2 of the arXiv version", Needs: Pairs,
		About: "batches of 1, 4 and 10 with instance and with batch norm, for the same number of pictures",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Batches and norms", columns: s.photographColumns()}
			for _, size := range []int{1, 4, 10} {
				for _, norm := range []pix2pix.NormKind{pix2pix.NormInstance, pix2pix.NormBatch} {
					o := s.batch(s.options(), size)
					// The default norm is left at auto, so that the run is shared.
					if auto := size == 1; auto != (norm == pix2pix.NormInstance) {
						o.Network.Norm = norm
					}
					c.arms = append(c.arms, arm{name: fmt.Sprintf("batch %d, %s norm", size, norm), options: o})
				}
			}
			c.notes = append(c.notes, "With batch 1, instance and batch norm are identical.")
			return c.plan()
		},
	}
}
