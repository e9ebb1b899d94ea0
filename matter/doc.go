// Package matter says what the libraries prove of a matter 事项 that people come to the government for. It compiles a declared matter
// (catalog.Matter) to the queries that prove its materials and to the grant that they need ([Compile]), judges what was found for one case
// with the points that stay open ([Plan.Judge]), folds a case from its events ([Fold]), and tells over all matters what still has to be
// brought ([Report]). It reads nothing itself: whoever holds a decision (package serve) gives it records; [Pulses] wants a [Reader].
package matter
