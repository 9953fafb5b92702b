package main

import (
	"reflect"

	"easel/internal/base/shard"
	"easel/internal/data/edge"
	"easel/internal/data/palette"
	"easel/internal/data/prepare"
	"easel/internal/engine/backend"
	"easel/internal/engine/cpu"
	"easel/internal/engine/xla/install"
	"easel/internal/file/imgio"
	"easel/internal/model/feedforward"
	"easel/internal/model/pix2pix"
	"easel/internal/model/style"
	"easel/internal/model/vgg"
	"easel/internal/model/weights"
	"easel/internal/model/zoo"
	"easel/internal/work/bench"
	"easel/internal/work/demo"
	"easel/internal/work/eval"
	"easel/internal/work/experiment"
	"easel/internal/work/experiment/figure"
	"easel/internal/work/pull"
	"easel/internal/work/site"
	"easel/internal/work/study"
	"easel/internal/work/stylize"
	"easel/internal/work/train"
	"easel/internal/work/translate"
	"easel/internal/work/video"
)

// byHand are the types that package easel writes itself.
func byHand() map[reflect.Type]string {
	return map[reflect.Type]string{
		reflect.TypeFor[train.Length]():      "Length",
		reflect.TypeFor[imgio.Picture]():     "Picture",
		reflect.TypeFor[pix2pix.Objective](): "Objective",
		reflect.TypeFor[[]imgio.Warning]():   "[]string",
		reflect.TypeFor[study.Value]():       "Share",
		reflect.TypeFor[prepare.Fit]():       "string",
	}
}

// types are those with a public form, in the order of the file.
func types() []public {
	styleTraining := must(train.DefaultStyle(feedforward.Johnson, weights.Random))
	training, stylizing, evaluation, translation := train.Default(), must(stylize.Preset(stylize.DefaultPreset)), eval.Default(), translate.Options{}
	filming, following := video.Default(), stylize.DefaultFrames()
	demonstration, experiments, studied, analysis := demo.Default(), experiment.DefaultOptions(), study.Default(), study.DefaultAnalysis()
	preparation, edges, combining, splitting := prepare.Default(), edge.DefaultOptions(), prepare.CombineOptions{}, prepare.DefaultSplitOptions()
	graying, holes, lowres, noise := prepare.DefaultGrayOptions(), prepare.DefaultHoleOptions(), prepare.DefaultLowresOptions(), prepare.DefaultNoiseOptions()
	labelling, inspection, importing, exporting, siting, pulling, fetching := prepare.LabelOptions{From: "auto"}, prepare.DefaultInspectOptions(), zoo.ImportOptions{}, zoo.ExportOptions{}, site.Options{}, pull.Options{}, weights.FetchOptions{}
	return []public{
		{of: reflect.TypeFor[train.Options](), name: "TrainOptions",
			about:   "TrainOptions are everything about a training run: the data, the network and its losses, the length, the run folder. Begin with TrainPreset, or with ResumeOptions to go on with a run. Length is made by Epochs, Steps or Duration.",
			without: []string{"Classes"}, options: training.Declared()},
		{of: reflect.TypeFor[pix2pix.Config](), name: "Network", options: training.Network.Declared()},
		{of: reflect.TypeFor[pix2pix.GeneratorKind](), name: "Generator"},
		{of: reflect.TypeFor[pix2pix.UpsampleKind](), name: "Upsample", prefix: "Upsample"},
		{of: reflect.TypeFor[pix2pix.NormKind](), name: "Norm"},
		{of: reflect.TypeFor[pix2pix.DropoutPlacement](), name: "Dropout"},
		{of: reflect.TypeFor[pix2pix.DiscriminatorKind](), name: "Discriminator"},
		{of: reflect.TypeFor[pix2pix.PixelLoss](), name: "PixelLoss"},
		{of: reflect.TypeFor[pix2pix.AdversarialLoss](), name: "AdversarialLoss"},
		{of: reflect.TypeFor[pix2pix.GANLoss](), name: "GANLoss"},
		{of: reflect.TypeFor[pix2pix.ScheduleKind](), name: "Schedule"},
		{of: reflect.TypeFor[train.Event](), name: "TrainEvent", about: "TrainEvent is something that happened in a run: a step with its losses, a validation, a checkpoint. Its Kind says which of its fields are set. Its JSON form is a line of the run's log."},
		{of: reflect.TypeFor[train.Kind](), name: "TrainEventKind", prefix: "Train"},
		{of: reflect.TypeFor[train.Facts](), name: "TrainFacts"},

		{of: reflect.TypeFor[train.StyleOptions](), name: "StyleTrainOptions",
			about:   "StyleTrainOptions are everything about the training of a network that paints in a style. Begin with StyleTrainDefaults, or with ResumeStyleTraining to go on with a run. Length is made by Epochs, Steps or Duration.",
			options: styleTraining.Declared()},
		// The rest of the configuration is of other programs' networks, which are not trained.
		{of: reflect.TypeFor[feedforward.Config](), name: "StyleNetwork",
			without: []string{"Border", "Strided", "InputMean", "OutputMean", "Tanh", "PictureNorm", "NormEpsilon", "StoredStatistics"}},
		{of: reflect.TypeFor[feedforward.Kind](), name: "StyleKind", prefix: "Style"},

		{of: reflect.TypeFor[translate.ModelOptions](), name: "ModelOptions"},
		{of: reflect.TypeFor[translate.Options](), name: "TranslationOptions", without: []string{"Labels", "Images"}, options: translation.Declared()},
		{of: reflect.TypeFor[translate.FileOptions](), name: "FileOptions", without: []string{"Read"}},
		{of: reflect.TypeFor[translate.Event](), name: "FileEvent"},
		{of: reflect.TypeFor[translate.Result](), name: "FileResult"},
		{of: reflect.TypeFor[video.Options](), name: "VideoOptions", options: filming.Declared()},
		{of: reflect.TypeFor[video.Event](), name: "VideoEvent"},
		{of: reflect.TypeFor[video.Result](), name: "VideoResult"},

		{of: reflect.TypeFor[eval.Options](), name: "EvaluationOptions",
			about:   "EvaluationOptions say which models are judged on which pairs, and how. Begin with DefaultEvaluation.",
			options: evaluation.Declared()},
		{of: reflect.TypeFor[eval.Event](), name: "EvaluationEvent"},
		{of: reflect.TypeFor[eval.Evaluation](), name: "Evaluation", private: "\n\tmade *eval.Evaluation\n"},
		{of: reflect.TypeFor[eval.Data](), name: "EvaluationData"},
		{of: reflect.TypeFor[eval.Skipped](), name: "Skipped"},
		{of: reflect.TypeFor[eval.Measure](), name: "Measure"},
		{of: reflect.TypeFor[eval.Model](), name: "JudgedModel"},
		{of: reflect.TypeFor[eval.Picture](), name: "JudgedPicture"},
		{of: reflect.TypeFor[eval.Value](), name: "Value"},
		{of: reflect.TypeFor[eval.Difference](), name: "Difference"},
		{of: reflect.TypeFor[eval.Distance](), name: "Distance"},
		{of: reflect.TypeFor[eval.Confusion](), name: "Confusion"},
		{of: reflect.TypeFor[palette.Class](), name: "Class"},

		{of: reflect.TypeFor[stylize.Options](), name: "StylizeOptions",
			about:   "StylizeOptions are everything about a style transfer: the pictures, the network, the objective, sizes and iterations. Begin with StylizePreset.",
			options: stylizing.Declared()},
		{of: reflect.TypeFor[stylize.Style](), name: "StylizeStyle"},
		{of: reflect.TypeFor[stylize.Variant](), name: "StylizeVariant"},
		{of: reflect.TypeFor[stylize.Made](), name: "StylizeMade", about: "StylizeMade counts the results of StylizeEvery."},
		{of: reflect.TypeFor[stylize.FrameOptions](), name: "StylizeFrames",
			about:   "StylizeFrames say how the frames of a video follow each other. Begin with DefaultStylizeFrames.",
			options: following.Declared()},
		{of: reflect.TypeFor[style.Objective](), name: "StyleObjective", options: stylizing.Objective.Declared()},
		{of: reflect.TypeFor[style.LayerWeight](), name: "LayerWeight"},
		{of: reflect.TypeFor[style.Formula](), name: "Formula"},
		{of: reflect.TypeFor[style.Comparison](), name: "Comparison"},
		{of: reflect.TypeFor[style.Variation](), name: "Variation"},
		{of: reflect.TypeFor[vgg.Pooling](), name: "Pooling"},
		{of: reflect.TypeFor[vgg.Border](), name: "Border"},
		{of: reflect.TypeFor[stylize.ResumeOptions](), name: "ResumeStylizeOptions"},
		{of: reflect.TypeFor[stylize.Event](), name: "StylizeEvent", about: "StylizeEvent is one iteration of a style transfer, or something that happened between two. Its Kind says which of its fields are set."},
		{of: reflect.TypeFor[stylize.Kind](), name: "StylizeEventKind", prefix: "Stylize"},
		{of: reflect.TypeFor[stylize.Losses](), name: "StylizeLosses"},
		{of: reflect.TypeFor[stylize.Plan](), name: "StylizePlan"},
		{of: reflect.TypeFor[stylize.Stage](), name: "StylizeStage"},
		{of: reflect.TypeFor[style.Layout](), name: "Tiles"},
		{of: reflect.TypeFor[stylize.Result](), name: "StylizeResult"},

		{of: reflect.TypeFor[demo.Options](), name: "DemoOptions", about: "DemoOptions say where the demo goes and how large it is. Begin with DefaultDemo.", options: demonstration.Declared()},
		{of: reflect.TypeFor[demo.Event](), name: "DemoEvent"},
		{of: reflect.TypeFor[demo.Result](), name: "DemoResult"},
		{of: reflect.TypeFor[demo.Score](), name: "DemoScore"},
		{of: reflect.TypeFor[demo.Verdict](), name: "DemoVerdict"},

		{of: reflect.TypeFor[experiment.Experiment](), name: "Experiment", without: []string{"Needs", "Plan"}},
		{of: reflect.TypeFor[experiment.Options](), name: "ExperimentOptions", about: "ExperimentOptions are the data, the folder for the results, and the scale of a run of experiments. Begin with DefaultExperiments.", options: experiments.Declared()},
		{of: reflect.TypeFor[experiment.Scale](), name: "Scale"},
		{of: reflect.TypeFor[experiment.Event](), name: "ExperimentEvent"},
		{of: reflect.TypeFor[experiment.Kind](), name: "ExperimentEventKind", prefix: "Experiment"},
		{of: reflect.TypeFor[experiment.InsideEvent](), name: "ExperimentInside"},
		{of: reflect.TypeFor[experiment.Listing](), name: "ExperimentListing"},
		{of: reflect.TypeFor[figure.Options](), name: "StyleFigureOptions"},
		{of: reflect.TypeFor[figure.Event](), name: "StyleFigureEvent"},
		{of: reflect.TypeFor[figure.Result](), name: "StyleFigureResult"},
		{of: reflect.TypeFor[figure.Number](), name: "StyleFigureNumber"},

		{of: reflect.TypeFor[zoo.ImportOptions](), name: "ImportOptions", options: importing.Declared()},
		{of: reflect.TypeFor[zoo.ExportOptions](), name: "ExportOptions", options: exporting.Declared()},
		{of: reflect.TypeFor[site.Options](), name: "SiteOptions", about: "SiteOptions say how a site is made. The zero value is the default.", options: siting.Declared()},
		{of: reflect.TypeFor[site.Result](), name: "Site"},
		{of: reflect.TypeFor[site.Progress](), name: "SiteProgress"},
		{of: reflect.TypeFor[pull.Item](), name: "KnownItem", about: "KnownItem is a model or data set that others publish."},
		{of: reflect.TypeFor[pull.Options](), name: "PullOptions", about: "PullOptions say where an item comes from and goes to. The zero value is the default.", options: pulling.Declared()},
		{of: reflect.TypeFor[pull.Progress](), name: "PullProgress"},
		{of: reflect.TypeFor[pull.Result](), name: "Pulled"},
		{of: reflect.TypeFor[weights.FetchOptions](), name: "FetchOptions", options: fetching.Declared()},
		{of: reflect.TypeFor[weights.About](), name: "WeightsInfo"},
		{of: reflect.TypeFor[weights.Normalisation](), name: "Normalisation"},

		{of: reflect.TypeFor[prepare.Event](), name: "PrepareEvent"},
		{of: reflect.TypeFor[prepare.Result](), name: "PrepareResult"},
		{of: reflect.TypeFor[prepare.Options](), name: "PrepareOptions", without: []string{"Read"}, options: preparation.Declared(),
			about: "PrepareOptions are shared by all functions that make pairs. The zero value is the default."},
		{of: reflect.TypeFor[shard.Shard](), name: "Shard"},
		{of: reflect.TypeFor[edge.Options](), name: "EdgeOptions", options: edges.Declared()},
		{of: reflect.TypeFor[prepare.CombineOptions](), name: "CombineOptions", options: combining.Declared()},
		{of: reflect.TypeFor[prepare.SplitOptions](), name: "SplitOptions", without: []string{"Checking"}, options: splitting.Declared()},
		{of: reflect.TypeFor[prepare.GrayOptions](), name: "GrayOptions", options: graying.Declared()},
		{of: reflect.TypeFor[prepare.HoleOptions](), name: "HoleOptions", options: holes.Declared()},
		{of: reflect.TypeFor[prepare.LowresOptions](), name: "LowresOptions", options: lowres.Declared()},
		{of: reflect.TypeFor[prepare.NoiseOptions](), name: "NoiseOptions", options: noise.Declared()},
		{of: reflect.TypeFor[prepare.LabelOptions](), name: "LabelOptions", options: labelling.Declared()},
		{of: reflect.TypeFor[prepare.InspectOptions](), name: "InspectOptions", without: []string{"Progress"}, options: inspection.Declared()},
		{of: reflect.TypeFor[prepare.Inspection](), name: "Inspection"},
		{of: reflect.TypeFor[prepare.SideFacts](), name: "SideFacts"},
		{of: reflect.TypeFor[prepare.Shown](), name: "ShownPair"},
		{of: reflect.TypeFor[prepare.Count](), name: "Count"},
		{of: reflect.TypeFor[prepare.Problem](), name: "Problem"},
		{of: reflect.TypeFor[prepare.Duplicate](), name: "Duplicate"},

		{of: reflect.TypeFor[bench.Options](), name: "BenchOptions"},
		{of: reflect.TypeFor[bench.Result](), name: "BenchResult"},
		{of: reflect.TypeFor[bench.Machine](), name: "Machine"},
		{of: reflect.TypeFor[cpu.Simulation](), name: "Simulation"},
		{of: reflect.TypeFor[cpu.Wait](), name: "Wait"},
		{of: reflect.TypeFor[backend.Report](), name: "BackendReport"},
		{of: reflect.TypeFor[backend.Hardware](), name: "Hardware"},
		{of: reflect.TypeFor[install.Options](), name: "InstallOptions", about: "InstallOptions say where a plugin comes from and goes to. The zero value is the default.", without: []string{"Client"}},
		{of: reflect.TypeFor[install.Progress](), name: "InstallProgress"},

		{of: reflect.TypeFor[study.Options](), name: "StudyOptions", about: "StudyOptions say which models a study compares, on which pairs, and how. Begin with DefaultStudy.", options: studied.Declared()},
		{of: reflect.TypeFor[study.Event](), name: "StudyEvent"},
		{of: reflect.TypeFor[study.Analysis](), name: "StudyAnalysis", about: "StudyAnalysis says how the answers are analyzed. Begin with DefaultStudyAnalysis.", options: analysis.Declared()},
		{of: reflect.TypeFor[study.Report](), name: "StudyReport"},
		{of: reflect.TypeFor[study.Exclusions](), name: "StudyExclusions"},
		{of: reflect.TypeFor[study.Findings](), name: "StudyFindings"},
		{of: reflect.TypeFor[study.Rate](), name: "StudyRate"},
		{of: reflect.TypeFor[study.Individual](), name: "Participant"},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
