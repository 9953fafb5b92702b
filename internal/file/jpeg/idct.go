package jpeg

// The inverse cosine transform is that of Loeffler, Ligtenberg and Moschytz (ICASSP 1989)
// in the fixed-point arithmetic of libjpeg's "islow": 13 fractional bits, and 2 between the
// passes. So the samples equal libjpeg's bit for bit.
const (
	fixBits  = 13
	passBits = 2
)

// Constants of the transform, times 2^13.
const (
	fix0298631336 = 2446
	fix0390180644 = 3196
	fix0541196100 = 4433
	fix0765366865 = 6270
	fix0899976223 = 7373
	fix1175875602 = 9633
	fix1501321110 = 12299
	fix1847759065 = 15137
	fix1961570560 = 16069
	fix2053119869 = 16819
	fix2562915447 = 20995
	fix3072711026 = 25172
)

// inverse dequantises a block, whose coefficients after index last in zigzag order are
// zero, and writes its 8×8 samples.
func inverse(dst []uint8, stride int, c *[64]int16, quant *[64]uint16, last int) {
	if last == 0 {
		v := sample((int32(c[0])*int32(quant[0])<<passBits + 1<<(passBits+2)) >> (passBits + 3))
		for y := range 8 {
			row := dst[y*stride:][:8]
			for x := range row {
				row[x] = v
			}
		}
		return
	}
	var work [64]int32
	for x := range 8 {
		column(&work, c, quant, x)
	}
	for y := range 8 {
		w := (*[8]int32)(work[8*y:])
		row := (*[8]uint8)(dst[y*stride:])
		e, o := butterfly(w[0], w[1], w[2], w[3], w[4], w[5], w[6], w[7])
		const shift, half = fixBits + passBits + 3, 1 << (fixBits + passBits + 2)
		for i := range 4 {
			row[i], row[7-i] = sample((e[i]+o[i]+half)>>shift), sample((e[i]-o[i]+half)>>shift)
		}
	}
}

// column transforms column x.
func column(work *[64]int32, c *[64]int16, quant *[64]uint16, x int) {
	at := func(y int) int32 { return int32(c[8*y+x]) * int32(quant[8*y+x]) }
	if c[8+x]|c[16+x]|c[24+x]|c[32+x]|c[40+x]|c[48+x]|c[56+x] == 0 {
		v := at(0) << passBits
		for y := range 8 {
			work[8*y+x] = v
		}
		return
	}
	e, o := butterfly(at(0), at(1), at(2), at(3), at(4), at(5), at(6), at(7))
	const shift, half = fixBits - passBits, 1 << (fixBits - passBits - 1)
	for i := range 4 {
		work[8*i+x], work[8*(7-i)+x] = (e[i]+o[i]+half)>>shift, (e[i]-o[i]+half)>>shift
	}
}

// butterfly transforms eight numbers: output i is e + o, and output 7−i is e − o.
func butterfly(v0, v1, v2, v3, v4, v5, v6, v7 int32) (e, o [4]int32) {
	z := (v2 + v6) * fix0541196100
	low, high := z-v6*fix1847759065, z+v2*fix0765366865
	sum, difference := (v0+v4)<<fixBits, (v0-v4)<<fixBits
	e = [4]int32{sum + high, difference + low, difference - low, sum - high}

	z1, z2, z3, z4 := v7+v1, v5+v3, v7+v3, v5+v1
	z5 := (z3 + z4) * fix1175875602
	z1, z2 = -z1*fix0899976223, -z2*fix2562915447
	z3, z4 = z5-z3*fix1961570560, z5-z4*fix0390180644
	o = [4]int32{
		v1*fix1501321110 + z1 + z4,
		v3*fix3072711026 + z2 + z3,
		v5*fix2053119869 + z2 + z4,
		v7*fix0298631336 + z1 + z3,
	}
	return e, o
}

// sample shifts a number from around 0 to around 128, and clamps it.
func sample(v int32) uint8 {
	v += 128
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}
