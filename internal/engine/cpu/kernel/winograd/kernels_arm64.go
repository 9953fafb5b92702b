package winograd

// assembly returns what there is for a filter.
func assembly(m, r int, kernels string) routines {
	if kernels != "neon" {
		return routines{}
	}
	return neon[[2]int{m, r}]
}

var neon = map[[2]int]routines{
	{4, 2}: {inputF4x2NEON, kernelF4x2NEON, outputF4x2NEON, outputGradientF4x2NEON, kernelGradientF4x2NEON},
	{2, 3}: {inputF2x3NEON, kernelF2x3NEON, outputF2x3NEON, outputGradientF2x3NEON, kernelGradientF2x3NEON},
	{3, 3}: {inputF3x3NEON, kernelF3x3NEON, outputF3x3NEON, outputGradientF3x3NEON, kernelGradientF3x3NEON},
	{4, 3}: {inputF4x3NEON, kernelF4x3NEON, outputF4x3NEON, outputGradientF4x3NEON, kernelGradientF4x3NEON},
	{3, 4}: {inputF3x4NEON, kernelF3x4NEON, outputF3x4NEON, outputGradientF3x4NEON, kernelGradientF3x4NEON},
	{4, 4}: {inputF4x4NEON, kernelF4x4NEON, outputF4x4NEON, outputGradientF4x4NEON, kernelGradientF4x4NEON},
}
