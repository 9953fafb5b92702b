package winograd

//go:generate go run -C ../asm ./winograd -out ../winograd/kernels_amd64.s -stubs ../winograd/stubs_amd64.go -pkg winograd

// assembly returns what there is for a filter.
func assembly(m, r int, kernels string) routines {
	f := [2]int{m, r}
	switch kernels {
	case "avx512":
		return avx512[f]
	case "avx2":
		return avx2[f]
	}
	return routines{}
}

var avx512 = map[[2]int]routines{
	{4, 2}: {inputF4x2AVX512, kernelF4x2AVX512, outputF4x2AVX512, outputGradientF4x2AVX512, kernelGradientF4x2AVX512},
	{2, 3}: {inputF2x3AVX512, kernelF2x3AVX512, outputF2x3AVX512, outputGradientF2x3AVX512, kernelGradientF2x3AVX512},
	{3, 3}: {inputF3x3AVX512, kernelF3x3AVX512, outputF3x3AVX512, outputGradientF3x3AVX512, kernelGradientF3x3AVX512},
	{4, 3}: {inputF4x3AVX512, kernelF4x3AVX512, outputF4x3AVX512, outputGradientF4x3AVX512, kernelGradientF4x3AVX512},
	{3, 4}: {inputF3x4AVX512, kernelF3x4AVX512, outputF3x4AVX512, outputGradientF3x4AVX512, kernelGradientF3x4AVX512},
	{4, 4}: {inputF4x4AVX512, kernelF4x4AVX512, outputF4x4AVX512, outputGradientF4x4AVX512, kernelGradientF4x4AVX512},
}

var avx2 = map[[2]int]routines{
	{4, 2}: {inputF4x2AVX2, kernelF4x2AVX2, outputF4x2AVX2, outputGradientF4x2AVX2, kernelGradientF4x2AVX2},
	{2, 3}: {inputF2x3AVX2, kernelF2x3AVX2, outputF2x3AVX2, outputGradientF2x3AVX2, kernelGradientF2x3AVX2},
	{3, 3}: {inputF3x3AVX2, kernelF3x3AVX2, outputF3x3AVX2, outputGradientF3x3AVX2, kernelGradientF3x3AVX2},
	{4, 3}: {inputF4x3AVX2, kernelF4x3AVX2, outputF4x3AVX2, outputGradientF4x3AVX2, kernelGradientF4x3AVX2},
	{3, 4}: {inputF3x4AVX2, kernelF3x4AVX2, outputF3x4AVX2, outputGradientF3x4AVX2, kernelGradientF3x4AVX2},
	{4, 4}: {inputF4x4AVX2, kernelF4x4AVX2, outputF4x4AVX2, outputGradientF4x4AVX2, kernelGradientF4x4AVX2},
}
