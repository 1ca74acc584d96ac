<?php
// php -S serves files as they are and gives every other address to WordPress, as a web server with rewriting does.
$path = parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH);
$file = $_SERVER['DOCUMENT_ROOT'] . $path;
if ($path !== '/' && is_file($file) && !preg_match('/\.php$/', $path)) {
    return false;
}
$_SERVER['HTTP_HOST'] = getenv('SITE_HOST') ?: 'wordpress.test';
if (preg_match('/\.php$/', $path) && is_file($file)) {
    $_SERVER['SCRIPT_NAME'] = $path;
    require $file;
} else {
    $_SERVER['SCRIPT_NAME'] = '/index.php';
    require $_SERVER['DOCUMENT_ROOT'] . '/index.php';
}
