package io.kvasir.scheduler.request;

/** What a policy remembers of a request, with the request. Nobody else looks into it. */
public interface Standing {}
