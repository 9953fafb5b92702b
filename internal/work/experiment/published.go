package experiment

// The papers' numbers. Keys of rows are the names of the arms.

// The names of rows that several tables have.
const (
	rowL1     = "L1"
	rowL2     = "L2"
	rowGAN    = "GAN"
	rowCGAN   = "cGAN"
	rowL1GAN  = "L1+GAN"
	rowL1CGAN = "L1+cGAN"
	rowTruth  = "ground truth"

	rowPixel = "1×1"
	row16    = "16×16"
	row70    = "70×70"
	row286   = "286×286"

	rowPixelGAN = "PixelGAN"

	rowEncoderL1     = "encoder–decoder, L1"
	rowEncoderL1CGAN = "encoder–decoder, L1+cGAN"
	rowUNetL1        = "U-Net, L1"
	rowUNetL1CGAN    = "U-Net, L1+cGAN"
)

// cityscapes is a table of Isola et al. 2017 on Cityscapes.
func (s Setting) cityscapes(table string, rows map[string]map[string]float64) *Published {
	return &Published{Source: "Isola et al. 2017, " + table, Data: "Cityscapes", Same: s.Source.Cityscapes(), Rows: rows}
}

// three are three numbers under three keys.
func three(keys []string, a, b, c float64) map[string]float64 {
	return map[string]float64{keys[0]: a, keys[1]: b, keys[2]: c}
}

func paperLosses(k []string) map[string]map[string]float64 {
	return map[string]map[string]float64{
		rowL1:     three(k, .42, .15, .11),
		rowGAN:    three(k, .22, .05, .01),
		rowCGAN:   three(k, .57, .22, .16),
		rowL1GAN:  three(k, .64, .20, .15),
		rowL1CGAN: three(k, .66, .23, .17),
		rowTruth:  three(k, .80, .26, .21),
	}
}

func paperGenerators(k []string) map[string]map[string]float64 {
	return map[string]map[string]float64{
		rowEncoderL1:     three(k, .35, .12, .08),
		rowEncoderL1CGAN: three(k, .29, .09, .05),
		rowUNetL1:        three(k, .48, .18, .13),
		rowUNetL1CGAN:    three(k, .55, .20, .14),
	}
}

func paperPatches(k []string) map[string]map[string]float64 {
	return map[string]map[string]float64{
		rowPixel: three(k, .39, .15, .10),
		row16:    three(k, .65, .21, .17),
		row70:    three(k, .66, .23, .17),
		row286:   three(k, .42, .16, .11),
	}
}

func paperColours(k []string) map[string]map[string]float64 {
	return map[string]map[string]float64{
		rowL1:       three(k, .81, .69, .70),
		rowCGAN:     three(k, .87, .74, .84),
		rowL1CGAN:   three(k, .86, .84, .82),
		rowPixelGAN: three(k, .83, .68, .78),
	}
}

func paperSegmentation(k []string) map[string]map[string]float64 {
	return map[string]map[string]float64{
		rowL1:     three(k, .86, .42, .35),
		rowCGAN:   three(k, .74, .28, .22),
		rowL1CGAN: three(k, .83, .36, .29),
	}
}
