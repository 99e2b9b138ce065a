package mutant

import "wsprobe/internal/rules"

// How a mutant fails a connection.
var (
	failsWithoutClose       = breaks(rules.FailCloseFrame, "fails-without-close", "closes TCP with no Close on a violation")
	failsWithInternalError  = breaks(rules.FailCloseCode, "fails-with-1011", "says 1011 on every violation")
	answersBadCloseNormally = breaks(rules.FailCloseCode, "answers-bad-close-normally", "answers a bad Close as a good one")
	failsWithNormalClosure  = breaks(rules.FailCloseCode, "fails-with-1000", "says 1000 on every violation")
	worksOnAfterFailing     = breaks(rules.FailNoProcessing, "works-on-after-failing", "echoes what comes after a violation")
	failsLate               = breaks(rules.FailNoProcessing, "fails-late", "echoes what has come behind a violation, and then fails")
	waitsForeverForClose    = breaks(rules.CloseUnanswered, "waits-forever-for-close", "waits for the answer to its Close, however long")
)

// Closes that a mutant takes though they fail the connection, and the reverse.
var (
	skipsOneByteClose      = breaks(rules.CloseBody, "skips-one-byte-close", "goes on after a Close with half a code")
	skipsBadReason         = breaks(rules.CloseReason, "skips-bad-reason", "goes on after a Close whose reason is not UTF-8")
	takesReservedCodes     = breaks(rules.CloseReserved, "takes-reserved-codes", "takes 1005, 1006 and 1015")
	takesUnusedCodes       = breaks(rules.CloseUnused, "takes-unused-codes", "takes codes below 1000")
	takesUndefinedCodes    = breaks(rules.CloseUndefined, "takes-undefined-codes", "takes codes that nobody defined")
	refusesRegisteredCodes = breaks(rules.CloseRegistered, "refuses-registered-codes", "refuses 1012 to 1014")
)

// How a mutant answers a Close.
var (
	neverAnswersClose         = breaks(rules.CloseAnswer, "never-answers-close", "closes TCP with no Close in answer to one")
	alwaysAnswersClose1000    = breaks(rules.CloseCode, "always-answers-1000", "answers every Close with 1000")
	answersCloseTwice         = breaks(rules.CloseOnce, "answers-close-twice", "answers a second Close too")
	answersWithOneByte        = breaks(rules.CloseBodySent, "answers-with-one-byte", "answers a Close with half a code")
	answersWithBadReason      = breaks(rules.CloseReasonSent, "answers-with-bad-reason", "answers a Close with a reason that is not UTF-8")
	answersEmptyCloseWith1005 = breaks(rules.CloseReservedSent, "answers-empty-close-with-1005", "says 1005 in answer to an empty Close")
	sends1006WhenClientIsGone = breaks(rules.CloseReservedSent, "sends-1006", "says 1006 when the client has gone without a Close")
	answersWithUnusedCode     = breaks(rules.CloseUnusedSent, "answers-with-code-0", "answers a Close with code 0")
	swapsBytesOfCode          = breaks(rules.CloseUndefinedSent, "swaps-bytes-of-code", "writes codes with the low byte first")

	echoesAfterClose           = breaks(rules.CloseLast, "echoes-after-close", "echoes what comes behind a Close")
	pongsAfterClose            = breaks(rules.PingAfterClose, "pongs-after-close", "answers a ping that comes behind a Close")
	forgetsMessagesBeforeClose = breaks(rules.CloseAfterData, "forgets-messages-before-close", "drops a message with a Close behind it")
)

// How a mutant ends TCP.
var (
	keepsTCPOpen     = breaks(rules.CloseTCP, "keeps-tcp-open", "does not close TCP after both Closes")
	closesTCPLate    = breaks(rules.CloseTCPPrompt, "closes-tcp-late", "closes TCP five seconds after both Closes")
	resetsAfterClose = breaks(rules.CloseClean, "resets-after-close", "ends TCP with RST after both Closes")
	keepsItsSideOpen = breaks(rules.CloseHalf, "keeps-its-side-open", "does not end its side when the client has ended its own")
)
