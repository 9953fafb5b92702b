package easel

import (
	"context"
	"encoding/json"
	"io"
	"math"

	"easel/internal/work/study"
)

// DefaultStudy is the protocol of Isola et al. 2017 (§4.1) on the test pairs: a real
// and a made picture, a second each, 10 trials for practice and 40 that count.
func DefaultStudy() StudyOptions { return convert[StudyOptions](study.Default()) }

// Validate reports the first option that no data could make right.
func (o StudyOptions) Validate() error { return public(convert[study.Options](o).Validate()) }

// CreateStudy makes the folder of a perceptual study: what each model makes of the
// held-out pairs, beside their real pictures. o.Out must not exist; if CreateStudy
// fails or ctx ends, nothing is left of it. Participants take part in a browser:
// easel serve --study DIR.
func CreateStudy(ctx context.Context, o StudyOptions, notify func(StudyEvent)) error {
	return public(study.Create(ctx, convert[study.Options](o), hearing[study.Event](notify)))
}

// DefaultStudyAnalysis has the authors' 10,000 resamples and 95 % intervals.
func DefaultStudyAnalysis() StudyAnalysis { return convert[StudyAnalysis](study.DefaultAnalysis()) }

// AnalyzeStudy says how often each model of a study fools people, from the answers in
// the study's folder.
func AnalyzeStudy(dir string, how StudyAnalysis) (*StudyReport, error) {
	r, err := study.Analyze(dir, convert[study.Analysis](how))
	return convert[*StudyReport](r), public(err)
}

// WriteStudyAnswers writes the answers in a study's folder as CSV, in the columns of
// the tool that Isola et al. used.
func WriteStudyAnswers(w io.Writer, dir string) error { return study.WriteCSV(w, dir) }

// Share is a part of a whole, from 0 to 1, or NaN where there is nothing to share.
type Share float64

// MarshalJSON writes the number, or null for NaN.
func (s Share) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(s)) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(s))
}
