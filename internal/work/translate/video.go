package translate

import (
	"context"
	"encoding/json"
	"fmt"

	"easel/internal/work/video"
)

// Video paints a video, or a folder of frames, by the model. The noise of all frames is the
// same. If the model classifies, frames are independent, whatever o.Stability: there is no
// mean of two classes.
func (m *Model) Video(ctx context.Context, o video.Options, notify func(video.Event)) (video.Result, error) {
	relevant := m.options
	relevant.MaxMemory = 0
	options, err := json.Marshal(relevant)
	if err != nil {
		return video.Result{}, err
	}
	if m.form.classifies {
		o.Stability = 0
	}
	return video.Run(ctx, o, video.Steadied(m, o.Stability), fmt.Sprintf("%s %s", m.name, options), notify)
}
