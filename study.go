package easel

import (
	"context"
	"encoding/json"
	"io"
	"math"

	"easel/internal/work/study"
)

// DefaultStudy returns the protocol of Isola et al. 2017 (§4.1) on the test pairs: a real
// and a made picture, one second each; 10 trials for practice and 40 that count.
func DefaultStudy() StudyOptions { return convert[StudyOptions](study.Default()) }

// Validate reports the first option that is invalid whatever the data.
func (o StudyOptions) Validate() error { return public(convert[study.Options](o).Validate()) }

// CreateStudy makes the folder of a perceptual study: what each model makes of the
// held-out pairs, and the real pictures. o.Out must not exist. If CreateStudy fails or ctx
// ends, it is removed. To let people take part in a browser, run easel serve --study DIR.
func CreateStudy(ctx context.Context, o StudyOptions, notify func(StudyEvent)) error {
	return public(study.Create(ctx, convert[study.Options](o), hearing[study.Event](notify)))
}

// DefaultStudyAnalysis returns the authors' 10,000 resamples, and 95 % intervals.
func DefaultStudyAnalysis() StudyAnalysis { return convert[StudyAnalysis](study.DefaultAnalysis()) }

// AnalyzeStudy says how often each model fooled people, from the answers in the folder.
func AnalyzeStudy(dir string, how StudyAnalysis) (*StudyReport, error) {
	r, err := study.Analyze(dir, convert[study.Analysis](how))
	return convert[*StudyReport](r), public(err)
}

// WriteStudyAnswers writes the answers of a study as CSV, in the columns of the authors'
// tool.
func WriteStudyAnswers(w io.Writer, dir string) error { return study.WriteCSV(w, dir) }

// Share is a fraction from 0 to 1, or NaN if it is a fraction of nothing.
type Share float64

// MarshalJSON writes the number, or null for NaN.
func (s Share) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(s)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(s))
}
