package easel_test

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"
	"path/filepath"

	"easel"
)

// trained trains the smallest model and returns its run and its data.
func trained() (run, data string, remove func()) {
	dir, remove := temporary()
	options := tiny(dir, 1)
	if err := easel.Train(context.Background(), options, nil); err != nil {
		log.Fatal(err)
	}
	return options.Out, options.Data, remove
}

// Open a model on a GPU.
func ExampleOpenWith() {
	model, err := easel.OpenWith("runs/facades", easel.ModelOptions{Backend: "xla:cuda"})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = model.Close() }()
}

// Translate folders of pictures into another folder.
func ExampleModel_TranslateFiles() {
	run, data, remove := trained()
	defer remove()
	model, err := easel.Open(run)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = model.Close() }()
	out := filepath.Join(data, "translated")
	result, err := model.TranslateFiles(context.Background(), []string{filepath.Join(data, "A")}, out, easel.FileOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Translated, "pictures")
	// Output: 6 pictures
}

// Translate the frames of a video, which may also be a file such as in.mp4.
func ExampleModel_Video() {
	run, data, remove := trained()
	defer remove()
	model, err := easel.Open(run)
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = model.Close() }()
	options := easel.DefaultVideo()
	options.In, options.Out, options.Last = filepath.Join(data, "A"), filepath.Join(data, "steady"), 4
	result, err := model.Video(context.Background(), options, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Frames, "frames")
	// Output: 4 frames
}

// Paint a picture in the style of another, in one pass.
func ExampleOpenStyle() {
	model, err := easel.OpenStyle("adain.safetensors", easel.StyleOptions{Picture: "starry_night.jpg"}, easel.ModelOptions{})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = model.Close() }()
	content, _, err := easel.ReadPicture("tubingen.jpg")
	if err != nil {
		log.Fatal(err)
	}
	painting, err := model.TranslatePicture(context.Background(), content)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(painting.Width, painting.Height)
}

// Read a picture of any format and bit depth.
func ExampleReadPicture() {
	p, warnings, err := easel.ReadPicture("scan.tif")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Width, p.Height, p.Channels, p.Depth, warnings)
}

// Write a model for other programs.
func ExampleExport() {
	run, data, remove := trained()
	defer remove()
	file := filepath.Join(data, "model.onnx")
	if _, err := easel.Export(run, easel.ONNX, file, easel.ExportOptions{}); err != nil {
		log.Fatal(err)
	}
	_, err := os.Stat(file)
	fmt.Println(err)
	// Output: <nil>
}

// Write a model as a web site, which runs it in its visitors' browsers.
func ExampleExportSite() {
	site, err := easel.ExportSite(context.Background(), http.DefaultClient, "runs/facades", "site", easel.SiteOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(site.Path, site.Bytes)
}

// Fetch a model that others publish.
func ExamplePull() {
	pulled, err := easel.Pull(context.Background(), http.DefaultClient, "facades", easel.PullOptions{}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(pulled)
}

// Find out what Pull would fetch, and from where.
func ExamplePlanPull() {
	for _, known := range easel.Known() {
		item, plan, err := easel.PlanPull(known.Name, easel.PullOptions{})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(item.Name, plan)
	}
}

// Continue a style transfer that was interrupted.
func ExampleResumeStylize() {
	painting, _, err := easel.ResumeStylize(context.Background(), easel.ResumeStylizeOptions{Checkpoint: "night.checkpoint.safetensors"}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(painting.Width, painting.Height)
}

// Paint all photographs in a folder in five mixtures of two styles.
func ExampleStylizeEvery() {
	options, err := easel.StylizePreset("easel")
	if err != nil {
		log.Fatal(err)
	}
	options.Content = "photos"
	styles := []easel.StylizeStyle{{Path: "starry_night.jpg", Weight: 1}, {Path: "the_scream.jpg", Weight: 1}}
	variants, err := easel.StylizeVariants(styles, 5)
	if err != nil {
		log.Fatal(err)
	}
	made, err := easel.StylizeEvery(context.Background(), options, variants, "gallery", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(made.Painted, "new pictures, and", made.Kept, "from before")
}

// Go on with a finished picture at twice its size.
func ExampleContinueStylize() {
	options, err := easel.ContinueStylize("night.png", easel.StylizeOptions{Content: "photos/tubingen.jpg"})
	if err != nil {
		log.Fatal(err)
	}
	options.Out = "large.png"
	if _, _, err := easel.Stylize(context.Background(), options, nil); err != nil {
		log.Fatal(err)
	}
}

// Paint a video, each frame from the one before.
func ExampleStylizeVideo() {
	options, err := easel.StylizePreset("easel")
	if err != nil {
		log.Fatal(err)
	}
	options.Styles = []easel.StylizeStyle{{Path: "starry_night.jpg", Weight: 1}}
	film := easel.DefaultVideo()
	film.In, film.Out, film.Size = "in.mp4", "out.mp4", 384
	result, err := easel.StylizeVideo(context.Background(), options, easel.DefaultStylizeFrames(), film, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Frames, "frames")
}

// Make Figure 1 of Gatys et al. 2016 with pictures of your own.
func ExampleMakeStyleFigure() {
	base, err := easel.StylizePreset("easel")
	if err != nil {
		log.Fatal(err)
	}
	options := easel.StyleFigureOptions{Content: "tubingen.jpg", Styles: []string{"starry_night.jpg"}, Out: "figures", Base: base}
	result, err := easel.MakeStyleFigure(context.Background(), easel.StyleFigures()[0], options, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(result.Sheet)
}

// Find out how long the paper's tables take on this machine.
func ExampleListExperiments() {
	listings, together, err := easel.ListExperiments(context.Background(), []string{"losses", "generators"}, easel.DefaultExperiments(), nil)
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range listings {
		fmt.Println(l.Name, l.Seconds)
	}
	fmt.Println(together)
}

// Find out what a file of VGG-19's weights holds.
func ExampleInspectWeights() {
	info, err := easel.InspectWeights("vgg19-dcbb9e9d.pth", "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Kind, info.Layers)
}

// Normalise VGG-19 over a folder of photographs, as the paper does.
func ExampleNormalizeWeights() {
	info, err := easel.NormalizeWeights(context.Background(), "vgg19-dcbb9e9d.pth", []string{"photographs"}, "normalised.safetensors", easel.DefaultNormalize(), nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(info.Normalisation.Pictures, "pictures")
}

// Measure how fast this machine multiplies, and how fast its memory is.
func ExampleMeasureMachine() {
	m, err := easel.MeasureMachine(easel.BenchOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%.0f GFLOP/s, %.1f GB/s\n", m.GFLOPS, m.ReadGBs)
}

// Predict how a training step would run on more cores.
func ExampleSimulateBench() {
	simulations, err := easel.SimulateBench("train-256-b1", easel.BenchOptions{}, 1, 8, 32)
	if err != nil {
		log.Fatal(err)
	}
	for _, s := range simulations {
		fmt.Printf("%d cores: %.1f times as fast\n", s.Workers, s.Speedup)
	}
}

// Install XLA's plugin for NVIDIA's GPUs.
func ExampleInstallBackend() {
	folder, err := easel.InstallBackend(context.Background(), "cuda", easel.InstallOptions{}, func(p easel.InstallProgress) {
		fmt.Printf("\r%s: %d of %d MB", p.Project, p.Done>>20, p.Total>>20)
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(folder)
}

// Make the pictures and the plan of a perceptual study.
func ExampleCreateStudy() {
	run, data, remove := trained()
	defer remove()
	options := easel.DefaultStudy()
	options.Models, options.Data, options.Split = []string{run}, data, "train"
	options.Out, options.Practice, options.Scored = filepath.Join(data, "study"), 1, 2
	err := easel.CreateStudy(context.Background(), options, func(e easel.StudyEvent) {
		if e.Done == e.Total {
			fmt.Println("done")
		}
	})
	if err != nil {
		log.Fatal(err)
	}
	// Output: done
}

// Find out how often each model of a study fools people.
func ExampleAnalyzeStudy() {
	report, err := easel.AnalyzeStudy("study", easel.DefaultStudyAnalysis())
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range report.All.Algorithms {
		fmt.Printf("%s: %.1f %% ± %.1f\n", a.Name, 100*a.Fooled, 100*a.Deviation)
	}
}

// Write the answers of a study as CSV.
func ExampleWriteStudyAnswers() {
	if err := easel.WriteStudyAnswers(os.Stdout, "study"); err != nil {
		log.Fatal(err)
	}
}
