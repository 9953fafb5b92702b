package study

import (
	"encoding/csv"
	"fmt"
	"io"
)

// WriteCSV writes a study's finished sessions, a line each, with the column names of the
// authors' tool (AMT_Real_vs_Fake): Input.gt_sideN says where the real picture was,
// Answer.selectionN which one was taken for the fake, and Input.images_leftN and
// Input.images_rightN are ALGORITHM/PICTURE, with "real" for the real ones. As in the tool,
// practice comes first.
func WriteCSV(w io.Writer, dir string) error {
	plan, err := readPlan(dir)
	if err != nil {
		return err
	}
	sessions, err := readSessions(dir, plan)
	if err != nil {
		return err
	}
	out := csv.NewWriter(w)
	head := []string{"session"}
	for i := range plan.Trials() {
		for _, name := range []string{"Input.gt_side", "Input.images_left", "Input.images_right", "Answer.selection"} {
			head = append(head, fmt.Sprintf("%s%d", name, i))
		}
	}
	if err := out.Write(head); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	for _, s := range sessions {
		if len(s.answers) < len(s.trials) {
			continue
		}
		if err := out.Write(plan.line(s)); err != nil {
			return fmt.Errorf("write CSV: %w", err)
		}
	}
	out.Flush()
	return out.Error()
}

// line formats a session in the tool's columns.
func (p *Plan) line(s *session) []string {
	line := []string{s.header.ID}
	algorithm := s.header.Algorithm
	for i, t := range s.trials {
		left := "real/" + p.Pairs[t.RealPair].Real + ".png"
		right := p.Algorithms[algorithm].Name + "/" + p.Pairs[t.Pair].Fakes[algorithm] + ".png"
		truth := Left
		if t.FakeLeft {
			left, right, truth = right, left, Right
		}
		line = append(line, string(truth), left, right, string(s.answers[i].Fake))
	}
	return line
}
