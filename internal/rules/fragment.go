package rules

// Fragmentation, RFC 6455 §5.4.
const (
	// FragmentAssembled asks that fragments are joined in order.
	FragmentAssembled ID = "fragment.assembled"
	// FragmentAnySize asks that fragments of any size are taken, empty ones too.
	FragmentAnySize ID = "fragment.any-size"
	// FragmentControlBetween asks that a control frame between fragments is handled.
	FragmentControlBetween ID = "fragment.control-between"
	// FragmentSeparate asks that a new message begins after a final fragment.
	FragmentSeparate ID = "fragment.separate"
	// FragmentOrphan asks that a continuation of nothing fails the connection.
	FragmentOrphan ID = "fragment.orphan"
	// FragmentOrphanSent forbids to send a continuation of nothing.
	FragmentOrphanSent ID = "fragment.orphan-sent"
	// FragmentInterleaved asks that a new message inside another fails the connection.
	FragmentInterleaved ID = "fragment.interleaved"
	// FragmentInterleavedSent forbids to send a new message inside another.
	FragmentInterleavedSent ID = "fragment.interleaved-sent"
)
