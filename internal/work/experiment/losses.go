package experiment

import "easel/internal/model/pix2pix"

// objectiveRow is a row of a table that compares the generator's objectives.
type objectiveRow struct {
	name      string
	objective pix2pix.Objective
}

// mainObjectives are the ones that most tables compare.
func mainObjectives() []objectiveRow {
	return []objectiveRow{{rowL1, pix2pix.L1.Alone()}, {rowCGAN, pix2pix.CGAN.Alone()}, {rowL1CGAN, pix2pix.L1.With(pix2pix.CGAN)}}
}

// objectives makes the arms of such rows.
func (s Setting) objectives(rows []objectiveRow) (arms []arm) {
	for _, row := range rows {
		arms = append(arms, arm{name: row.name, options: s.objective(row.objective)})
	}
	return arms
}

// Losses is Table 1 of Isola et al. 2017 plus L2, whose blur motivates a learned loss (§1).
func Losses() Experiment {
	return Experiment{
		Name: "losses", Source: "Isola et al. 2017, Table 1", Needs: Pairs,
		About: "L1, L2, GAN, cGAN and their sums as the generator's objective",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Losses", truth: true, columns: s.photographColumns()}
			c.arms = s.objectives([]objectiveRow{
				{rowL1, pix2pix.L1.Alone()}, {rowL2, pix2pix.L2.Alone()}, {rowGAN, pix2pix.GAN.Alone()}, {rowCGAN, pix2pix.CGAN.Alone()},
				{rowL1GAN, pix2pix.L1.With(pix2pix.GAN)}, {rowL1CGAN, pix2pix.L1.With(pix2pix.CGAN)},
			})
			c.paper = s.cityscapes("Table 1 (CVPR version)", paperLosses(scoreKeys()))
			return c.plan()
		},
	}
}

// Generators is Table 2: is it the loss or the skip connections that help?
func Generators() Experiment {
	return Experiment{
		Name: "generators", Source: "Isola et al. 2017, Table 2 of the arXiv version", Needs: Pairs,
		About: "U-Net and encoder–decoder, each with L1 and L1+cGAN",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Generators", columns: s.photographColumns()}
			for _, row := range []struct {
				name      string
				generator pix2pix.GeneratorKind
				objective pix2pix.Objective
			}{
				{rowEncoderL1, pix2pix.EncoderDecoder, pix2pix.L1.Alone()}, {rowEncoderL1CGAN, pix2pix.EncoderDecoder, pix2pix.L1.With(pix2pix.CGAN)},
				{rowUNetL1, pix2pix.UNet, pix2pix.L1.Alone()}, {rowUNetL1CGAN, pix2pix.UNet, pix2pix.L1.With(pix2pix.CGAN)},
			} {
				o := s.batch(s.objective(row.objective), s.Scale.GeneratorBatch)
				o.Network.Generator = row.generator
				c.arms = append(c.arms, arm{name: row.name, options: o})
			}
			c.paper = s.cityscapes("Table 2 (arXiv version)", paperGenerators(scoreKeys()))
			if s.Scale.GeneratorBatch == 1 {
				c.notes = append(c.notes, "The paper's table has batch 10; ours has batch 1, like the paper's other tables.")
			}
			return c.plan()
		},
	}
}

// Patches is Table 3 (Table 2 of the CVPR version): how much of the picture each output of
// the discriminator sees.
func Patches() Experiment {
	return Experiment{
		Name: "patches", Source: "Isola et al. 2017, Table 3 (Table 2 of the CVPR version)", Needs: Pairs,
		About: "discriminators that see 1×1, 16×16, 70×70 and 286×286 pixels, with L1+cGAN",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Receptive fields of the discriminator", columns: s.photographColumns()}
			for _, row := range []struct {
				name   string
				layers int
			}{{rowPixel, 0}, {row16, 1}, {row70, 3}, {row286, 5}} {
				c.arms = append(c.arms, arm{name: row.name, options: s.patch(row.layers)})
			}
			c.paper = s.cityscapes("Table 3", paperPatches(scoreKeys()))
			if size := s.Scale.ImageSize; size < 256 {
				c.notes = append(c.notes, s.shareNote())
			}
			return c.plan()
		},
	}
}

// Colours is Figure 7: whether the outputs have the colours of the truth.
func Colours() Experiment {
	return Experiment{
		Name: "colors", Source: "Isola et al. 2017, Figure 7", Needs: Pairs,
		About: "histograms of the outputs' colours in CIELAB against the truth's",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Colours", columns: colourColumns()}
			c.arms = append(s.objectives(mainObjectives()), arm{name: rowPixelGAN, options: s.patch(0)})
			c.paper = s.cityscapes("Figure 7", paperColours(histogramKeys()))
			return c.plan()
		},
	}
}

// Segmentation is Table 6 (Table 5 of the CVPR version): the opposite direction, from
// photographs to labels, where the paper finds that L1 alone does best (§4.3).
func Segmentation() Experiment {
	return Experiment{
		Name: "segmentation", Source: "Isola et al. 2017, Table 6 (Table 5 of the CVPR version)", Needs: LabelledPairs,
		About: "from photographs to labels, with L1, cGAN and L1+cGAN",
		Plan: func(s Setting) (Plan, error) {
			c := comparison{Setting: s, title: "Photographs to labels", columns: labelColumns()}
			c.arms = s.objectives(mainObjectives())
			for i := range c.arms {
				c.arms[i].options.Direction = reversed(s.Source.Direction).String()
			}
			c.arms = append(c.arms, arm{name: "cross-entropy", options: s.reading()})
			c.notes = append(c.notes, "The row cross-entropy is not in the paper. It is the same generator, trained with the usual loss for classes, as is the scorer of the other tables.")
			c.paper = s.cityscapes("Table 6", paperSegmentation(labelKeys()))
			return c.plan()
		},
	}
}
