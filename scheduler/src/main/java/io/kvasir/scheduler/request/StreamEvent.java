package io.kvasir.scheduler.request;

/** What happens to a request between its acceptance and its end, as its client hears of it. */
public sealed interface StreamEvent permits TokenEvent, PreemptedEvent, ResumedEvent {}
