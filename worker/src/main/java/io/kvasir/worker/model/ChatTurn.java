package io.kvasir.worker.model;

/**
 * One message of a conversation.
 *
 * @param role who speaks: usually system, user or assistant
 * @param content what is said
 */
public record ChatTurn(String role, String content) {}
