package lint

// takeBody takes what belongs to the body of the latest head.
func (s *Session) takeBody(st *stream, p []byte) int {
	n, done := st.body.Take(p)
	s.emitBytes(st, p[:n])
	if done {
		s.endBody(st)
	}
	return n
}

// endBody goes on behind a body, or behind a head that has none.
func (s *Session) endBody(st *stream) {
	switch {
	case st.side == Client && s.upgraded:
		st.enter(s.framing())
	case st.side == Client && s.asked != nil:
		st.enter(phaseWait)
	default:
		st.enter(phaseHead)
	}
}
