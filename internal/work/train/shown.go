package train

// shown implements subject.
func (t *trainer) shown() shown {
	return shown{
		measures: t.measures(),
		samples:  "Validation pictures, always the same: input, output, target.",
		about:    "L1 is over samples in −1..1, PSNR in decibels. The patch distance is the sliced Wasserstein distance of 7×7 patches at several scales (Karras et al. 2018); it selects the best weights of an adversarial training. Accuracy and IoU come from one confusion matrix over the pictures.",
		charts: []chart{
			{title: "Distance to the target (training)", names: []string{"l1", "l2"}},
			{title: "Adversarial losses (training)", names: []string{"d", "gan"}},
			{title: "Cross-entropy of classes (training)", names: []string{"cross_entropy"}},
			{"Accuracy and IoU (validation)", true, []string{"accuracy", "class_accuracy", "iou"}},
			{"L1 (validation)", true, []string{"l1"}},
			{"PSNR in dB (validation)", true, []string{"psnr"}},
			{"SSIM (validation)", true, []string{"ssim"}},
			{"Distance of patches (validation)", true, []string{"patches"}},
			{title: "Features of D (training)", names: []string{"features"}},
			{title: "Perceptual loss (training)", names: []string{"perceptual"}},
		},
	}
}

// measures returns those of the run's task.
func (t *trainer) measures() []measured {
	if t.o.Task == Labels {
		return []measured{{"accuracy", "pixel accuracy", "%.4f"}, {"class_accuracy", "class accuracy", "%.4f"}, {"iou", "class IoU", "%.4f"}}
	}
	return []measured{{"l1", "L1", "%.4f"}, {"psnr", "PSNR", "%.2f"}, {"ssim", "SSIM", "%.4f"}, {"patches", "patch distance", "%.4f"}}
}
