package jobs

import "sync"

// notice wakes those who wait for news.
type notice struct {
	mu   sync.Mutex
	news chan struct{}
}

func newNotice() notice { return notice{news: make(chan struct{})} }

// wait returns a channel that is closed by the next broadcast.
func (n *notice) wait() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.news
}

func (n *notice) broadcast() {
	n.mu.Lock()
	defer n.mu.Unlock()
	close(n.news)
	n.news = make(chan struct{})
}
