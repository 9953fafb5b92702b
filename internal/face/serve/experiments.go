package serve

import (
	"net/http"

	"easel/internal/work/experiment"
)

// listExperiments lists the experiments that a job may run.
func (s *Server) listExperiments(w http.ResponseWriter, _ *http.Request) {
	type about struct {
		Name   string `json:"name"`
		Source string `json:"source"`
		About  string `json:"about"`
		Needs  string `json:"needs"`
	}
	list := []about{}
	for _, e := range experiment.All() {
		list = append(list, about{e.Name, e.Source, e.About, e.Needs.String()})
	}
	answer(w, http.StatusOK, map[string]any{"experiments": list})
}
