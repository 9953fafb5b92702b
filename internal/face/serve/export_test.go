package serve

// Hold takes memory from a server's budget, as a request does.
func Hold(s *Server, n int64) (release func(), err error) {
	r := s.memory.reserve()
	return r.release, r.grow(n)
}
